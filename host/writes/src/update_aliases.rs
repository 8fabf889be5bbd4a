//! `POST /_aliases`, and `PUT` and `DELETE` of one alias: changes aliases together.

use std::collections::BTreeSet;

use quidditch_index::Aliases;
use quidditch_indexing::{AliasAction, update_aliases as store_aliases};
use quidditch_service::Service;
use quidditch_service::writing::{
    Answer, ApiError, Call, Expression, IfEmpty, IfUnavailable, IndicesOptions, NamePatterns, Wildcards,
};
use serde_json::json;

use crate::Writes;
use crate::aliases::{Action, AliasDefinition, IfMissing, check_alias, read_actions};
use crate::body::{Keys, optional_object, required_object};
use crate::failure::{alias_failure, missing_aliases};
use crate::parameters::take_change_parameters;

/// The indices of an action must exist.
const OPTIONS: IndicesOptions =
    IndicesOptions { if_unavailable: IfUnavailable::Fail, if_empty: IfEmpty::Fail, wildcards: Wildcards::Expand };

/// Changes several aliases, and deletes indices, together.
pub(crate) async fn update_aliases(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_change_parameters(&mut call.parameters)?;
    call.parameters.finish(&call.path)?;
    let actions = read_actions(required_object(&call)?)?;
    writes.change_aliases(service, actions).await
}

/// Adds one alias to indices.
pub(crate) async fn put_alias(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_change_parameters(&mut call.parameters)?;
    call.parameters.finish(&call.path)?;
    let (mut index, mut alias) =
        (call.names.get("index").map(str::to_owned), call.names.get("name").map(str::to_owned));
    let mut keys = Keys::new(optional_object(&call)?, "alias");
    index = keys.take_text("index")?.or(index);
    alias = keys.take_text("alias")?.or(alias);
    let definition = AliasDefinition::take(&mut keys)?;
    if let Some(key) = keys.first() {
        return Err(ApiError::Argument(format!("unknown field [{key}]")));
    }
    let Some(index) = index else { return Err(ApiError::Argument("[indices] can't be empty".to_owned())) };
    let Some(alias) = alias else { return Err(ApiError::Argument("[alias] can't be empty string".to_owned())) };
    let action = Action::Add { indices: vec![index], aliases: vec![alias], definition };
    writes.change_aliases(service, vec![action]).await
}

/// Removes aliases from indices.
pub(crate) async fn delete_alias(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_change_parameters(&mut call.parameters)?;
    let (index, names) = (call.name("index"), call.name("name"));
    call.finish()?;
    let aliases = names.split(',').map(str::to_owned).collect();
    let action = Action::Remove { indices: vec![index], aliases, missing: IfMissing::FailForAll };
    writes.change_aliases(service, vec![action]).await
}

impl Writes {
    /// Changes aliases as actions say, all or none.
    async fn change_aliases(&self, service: &Service, actions: Vec<Action>) -> Result<Answer, ApiError> {
        let mut changes = Vec::new();
        for action in actions {
            match action {
                Action::Add { indices, aliases, definition } => {
                    for alias in &aliases {
                        check_alias(service, alias, definition.options().filter.as_ref())?;
                    }
                    for index in self.named_indices(service, &indices).await? {
                        changes.extend(aliases.iter().map(|alias| AliasAction::Add {
                            index: index.clone(),
                            alias: alias.clone(),
                            options: definition.options().clone(),
                        }));
                    }
                }
                Action::Remove { indices, aliases, missing } => {
                    let indices = self.named_indices(service, &indices).await?;
                    changes.extend(self.removals(&indices, &aliases, missing).await?);
                }
                Action::RemoveIndex { indices } => {
                    let indices = self.named_indices(service, &indices).await?;
                    changes.extend(indices.into_iter().map(|index| AliasAction::RemoveIndex { index }));
                }
            }
        }
        let changed: BTreeSet<&str> = changes.iter().filter_map(AliasAction::index).collect();
        let stored = store_aliases(&self.storage, &changes).await;
        for index in changed {
            service.note_change(index);
        }
        for change in &changes {
            if let AliasAction::RemoveIndex { index } = change {
                self.committer.forget(index);
            }
        }
        stored.map_err(alias_failure)?;
        Ok(Answer::json(&json!({ "acknowledged": true })))
    }

    /// The indices that names and patterns of an action stand for. Aliases are not allowed.
    async fn named_indices(&self, service: &Service, names: &[String]) -> Result<Vec<String>, ApiError> {
        let names = names.iter().flat_map(|names| names.split(','));
        let names = names.map(|name| if name == "_all" { "*" } else { name });
        service.index_names(&Expression::from_names(names), &OPTIONS).await
    }

    /// The pairs of indices and aliases that are to be removed, as they are stored now.
    async fn removals(
        &self,
        indices: &[String],
        aliases: &[String],
        missing: IfMissing,
    ) -> Result<Vec<AliasAction>, ApiError> {
        let (known, _) = Aliases::read(&self.storage).await?;
        let mut removed = Vec::new();
        let mut not_found: Vec<&str> = Vec::new();
        for name in aliases {
            let patterns = NamePatterns::parse(name);
            let before = removed.len();
            for index in indices {
                let matching = known.of_index(index).filter(|(alias, _)| patterns.matches(alias));
                removed.extend(
                    matching
                        .map(|(alias, _)| AliasAction::Remove { index: Some(index.clone()), alias: alias.to_owned() }),
                );
            }
            if removed.len() == before {
                not_found.push(name);
            }
        }
        let fails = match missing {
            IfMissing::Fail => !not_found.is_empty(),
            IfMissing::FailForAll => removed.is_empty(),
            IfMissing::Ignore => false,
        };
        if fails { Err(missing_aliases(&not_found.join(","))) } else { Ok(removed) }
    }
}
