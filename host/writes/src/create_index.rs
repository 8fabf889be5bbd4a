//! `PUT /{index}`: creates an index.

use quidditch_index::{Templates, summarize_index};
use quidditch_indexing::{
    AliasAction, AliasError, IndexingError, create_index as store_index, delete_index, update_aliases,
};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, Refusal};
use serde_json::json;

use crate::Writes;
use crate::aliases::{AliasDefinition, check_alias};
use crate::body::optional_object;
use crate::definition::IndexDefinition;
use crate::failure::{alias_failure, indexing_failure};
use crate::name::check_new_index;
use crate::parameters::{take_active_shards, take_change_parameters};
use crate::templates::definition_for;

/// Whether an index was created.
enum Created {
    New,
    /// It was there already, and was not changed.
    Existed,
}

/// Creates an index.
pub(crate) async fn create_index(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let name = call.name("index");
    take_change_parameters(&mut call.parameters)?;
    take_active_shards(&mut call.parameters)?;
    call.parameters.finish(&call.path)?;
    let definition = IndexDefinition::from_request(optional_object(&call)?)?;
    match writes.create(service, &name, definition).await? {
        Created::New => Ok(Answer::json(&json!({ "acknowledged": true, "shards_acknowledged": true, "index": name }))),
        Created::Existed => Err(writes.already_exists(&name).await),
    }
}

impl Writes {
    /// Creates an index for documents, as the templates say, unless there is one.
    ///
    /// # Errors
    /// A name that is not possible, and templates that do not fit together.
    pub async fn create_if_missing(&self, service: &Service, name: &str) -> Result<(), ApiError> {
        self.create(service, name, IndexDefinition::default()).await?;
        Ok(())
    }

    /// Creates an index as the templates say, and with what takes precedence over them.
    async fn create(&self, service: &Service, name: &str, definition: IndexDefinition) -> Result<Created, ApiError> {
        check_new_index(name)?;
        let (templates, _) = Templates::read(&self.storage).await?;
        let mut whole = definition_for(&templates, name)?;
        whole.extend(definition);
        let mapping = whole.mapping(service.engine().limits())?;
        for (alias, definition) in &whole.aliases {
            check_alias(service, alias, definition.options().filter.as_ref())?;
            if alias == name {
                return Err(alias_failure(AliasError::IsIndex { name: alias.clone() }));
            }
        }
        match store_index(&self.storage, name, &mapping).await {
            Ok(()) => {}
            Err(IndexingError::AlreadyExists { .. }) => return Ok(Created::Existed),
            Err(error) => return Err(indexing_failure(error)),
        }
        let add = |(alias, definition): (&String, &AliasDefinition)| AliasAction::Add {
            index: name.to_owned(),
            alias: alias.clone(),
            options: definition.options().clone(),
        };
        let actions: Vec<AliasAction> = whole.aliases.iter().map(add).collect();
        let added = if actions.is_empty() { Ok(()) } else { update_aliases(&self.storage, &actions).await.map(drop) };
        if added.is_err() {
            // The request fails as a whole.
            let _ = delete_index(&self.storage, name).await;
        }
        service.note_change(name);
        added.map_err(alias_failure)?;
        Ok(Created::New)
    }

    async fn already_exists(&self, name: &str) -> ApiError {
        let id = summarize_index(&self.storage, name).await.map_or_else(|_| "_na_".to_owned(), |summary| summary.id);
        let reason = format!("index [{name}/{id}] already exists");
        Refusal::bad_request("resource_already_exists_exception", reason)
            .detail("index", name)
            .detail("index_uuid", id)
            .into()
    }
}
