//! A line of a bulk request that says what to do with the document of the next line.

use bytes::Bytes;
use quidditch_engine::SourceFilter;
use quidditch_index::parse_json;
use quidditch_indexing::{WriteAction, WriteOperation};
use quidditch_service::writing::{ApiError, Flag};
use serde_json::{Map, Value as Json};

use crate::documents::condition::{Change, OpType, VersionType, Versions};
use crate::documents::index_document::check_id;
use crate::documents::parameters::{check_pipeline, parse_long};
use crate::documents::scripts::Scripts;
use crate::documents::update_body::UpdateBody;
use crate::documents::update_document;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Index,
    Create,
    Update,
    Delete,
}

/// An operation of a bulk request.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) action: Action,
    /// The name of its index, or of an alias.
    pub(super) index: String,
    pub(super) id: Option<String>,
    pub(super) operation: WriteOperation,
    /// Which part of the document is shown after an update, if the operation says so.
    pub(super) source: Option<SourceFilter>,
    pub(super) require_alias: Flag,
}

/// What a line says.
pub(super) struct ActionLine {
    pub(super) action: Action,
    index: Option<String>,
    id: Option<String>,
    versions: Versions,
    retries: u64,
    source: Option<SourceFilter>,
    require_alias: Flag,
}

impl Action {
    pub(super) fn name(self) -> &'static str {
        match self {
            Action::Index => "index",
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }
}

impl ActionLine {
    /// Reads a line. `number` is counted from 1.
    pub(super) fn parse(text: &str, number: usize, require_alias: Flag) -> Result<Self, ApiError> {
        let malformed =
            |reason: String| ApiError::Argument(format!("Malformed action/metadata line [{number}], {reason}"));
        let json = parse_json(text)
            .map_err(|error| ApiError::invalid_json(&format!("action/metadata line [{number}]"), &error))?;
        let Json::Object(object) = json else {
            return Err(malformed(format!("expected START_OBJECT but found [{}]", token(&json))));
        };
        let mut entries = object.into_iter();
        let Some((name, value)) = entries.next() else {
            return Err(malformed("expected FIELD_NAME but found [END_OBJECT]".to_owned()));
        };
        let action = match name.as_str() {
            "index" => Action::Index,
            "create" => Action::Create,
            "update" => Action::Update,
            "delete" => Action::Delete,
            other => {
                let reason = format!("expected one of [create, delete, index, update] but found [{other}]");
                return Err(malformed(reason));
            }
        };
        if let Some((other, _)) = entries.next() {
            return Err(malformed(format!("expected END_OBJECT but found [{other}]")));
        }
        let Json::Object(metadata) = value else {
            return Err(malformed(format!("expected START_OBJECT or END_OBJECT but found [{}]", token(&value))));
        };
        let mut line = ActionLine {
            action,
            index: None,
            id: None,
            versions: Versions::default(),
            retries: 0,
            source: None,
            require_alias,
        };
        line.read(metadata, number)?;
        line.versions.check_signs()?;
        Ok(line)
    }

    fn read(&mut self, metadata: Map<String, Json>, number: usize) -> Result<(), ApiError> {
        for (key, value) in metadata {
            let text = match &value {
                Json::Null => continue,
                Json::String(text) => text.clone(),
                Json::Number(number) => number.to_string(),
                Json::Bool(value) => value.to_string(),
                other => {
                    return Err(ApiError::Argument(format!(
                        "Malformed action/metadata line [{number}], expected a simple value for field [{key}] but found [{}]",
                        token(other)
                    )));
                }
            };
            match key.as_str() {
                "_index" => self.index = Some(text),
                "_id" => self.id = Some(text),
                // There is one shard.
                "routing" => {}
                "pipeline" => check_pipeline(&text)?,
                "op_type" if self.action == Action::Index => {
                    if OpType::parse(&text)? == OpType::Create {
                        self.action = Action::Create;
                    }
                }
                "version" => self.versions.version = Some(parse_long(&key, &text)?),
                "version_type" => self.versions.version_type = VersionType::parse(&text)?,
                "if_seq_no" => self.versions.if_seq_no = Some(parse_long(&key, &text)?),
                "if_primary_term" => self.versions.if_primary_term = Some(parse_long(&key, &text)?),
                "retry_on_conflict" => self.retries = parse_long(&key, &text)?.unsigned_abs(),
                "require_alias" => self.require_alias = if text == "true" { Flag::On } else { Flag::Off },
                "_source" if self.action == Action::Update => {
                    let filter = SourceFilter::from_parameters(&[(key, text)]);
                    self.source = Some(filter.map_err(|error| ApiError::Argument(error.to_string()))?);
                }
                _ => {
                    return Err(ApiError::Argument(format!(
                        "Action/metadata line [{number}] contains an unknown parameter [{key}]"
                    )));
                }
            }
        }
        Ok(())
    }

    /// The operation, with the text of the next line if the action has one.
    pub(super) fn into_item(
        self,
        default_index: Option<&str>,
        document: Bytes,
        scripts: &mut Scripts,
    ) -> Result<Item, ApiError> {
        let ActionLine { action, index, id, versions, retries, source, require_alias } = self;
        let index = index.or_else(|| default_index.map(str::to_owned));
        let index = index.ok_or_else(|| ApiError::validation("index is missing"))?;
        if let Some(id) = &id {
            check_id(id)?;
        }
        let change = match action {
            Action::Index => Change::Index(OpType::Index),
            Action::Create => Change::Index(OpType::Create),
            Action::Update => Change::Update,
            Action::Delete => Change::Delete,
        };
        let condition = versions.condition(change)?;
        let (action_of_document, source_of_body) = match action {
            Action::Index | Action::Create => (WriteAction::Index(document), None),
            _ if id.is_none() => return Err(ApiError::validation("id is missing")),
            Action::Delete => (WriteAction::Delete, None),
            Action::Update => {
                let text = std::str::from_utf8(&document)
                    .map_err(|_| ApiError::Argument("the request body is not valid UTF-8".to_owned()))?;
                let body = UpdateBody::parse(text, scripts)?;
                update_document::check(condition, retries, &body)?;
                (WriteAction::Update(body.update), body.source)
            }
        };
        let operation = WriteOperation { id: id.clone(), action: action_of_document, condition };
        Ok(Item { action, index, id, operation, source: source.or(source_of_body), require_alias })
    }
}

/// What a JSON value begins with, as clients expect it.
fn token(json: &Json) -> &'static str {
    match json {
        Json::Null => "VALUE_NULL",
        Json::Bool(_) => "VALUE_BOOLEAN",
        Json::Number(_) => "VALUE_NUMBER",
        Json::String(_) => "VALUE_STRING",
        Json::Array(_) => "START_ARRAY",
        Json::Object(_) => "START_OBJECT",
    }
}
