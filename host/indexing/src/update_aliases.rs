//! Changing aliases: several at once, or none.

use std::sync::Arc;

use quidditch_index::format::manifest_key;
use quidditch_index::{AliasOptions, Aliases, IndexError, check_alias_name, check_index_name};
use quidditch_storage::{Storage, StorageError};

use crate::alias_error::{AliasError, MAX_ALIASES};
use crate::change_store_object::change_store_object;
use crate::delete_index;
use crate::forget_index::forget;

/// A change of an alias.
#[derive(Debug, Clone, PartialEq)]
pub enum AliasAction {
    /// Makes an alias stand for an index, or changes what it says about the index.
    Add {
        /// Name of the index.
        index: String,
        /// Name of the alias.
        alias: String,
        /// What it says about the index.
        options: AliasOptions,
    },
    /// Makes an alias no longer stand for an index.
    Remove {
        /// Name of the index; `None` for all.
        index: Option<String>,
        /// Name of the alias.
        alias: String,
    },
    /// Deletes an index. Its name may become that of an alias in the same change.
    RemoveIndex {
        /// Name of the index.
        index: String,
    },
}

impl AliasAction {
    /// The index that it changes; `None` for all.
    pub fn index(&self) -> Option<&str> {
        match self {
            AliasAction::Add { index, .. } | AliasAction::RemoveIndex { index } => Some(index),
            AliasAction::Remove { index, .. } => index.as_deref(),
        }
    }
}

/// Applies actions in their order. Readers see the aliases before or after all of them.
///
/// # Errors
/// [`AliasError`]. Then nothing is changed, unless the store failed while the aliases were written.
pub async fn update_aliases(storage: &Arc<dyn Storage>, actions: &[AliasAction]) -> Result<Aliases, AliasError> {
    let removed: Vec<&str> = actions.iter().filter_map(removed_index).collect();
    for action in actions {
        check_names(storage, action, &removed).await?;
    }
    // The aliases before the indices: while there is an index of its name, nobody sees an alias. So the name is always one of both.
    let aliases = change_store_object(storage, |aliases| apply(aliases, actions)).await?;
    for index in removed {
        delete_index(storage, index).await?;
    }
    Ok(aliases)
}

fn removed_index(action: &AliasAction) -> Option<&str> {
    match action {
        AliasAction::RemoveIndex { index } => Some(index),
        AliasAction::Add { .. } | AliasAction::Remove { .. } => None,
    }
}

async fn check_names(storage: &Arc<dyn Storage>, action: &AliasAction, removed: &[&str]) -> Result<(), AliasError> {
    let (index, alias) = match action {
        AliasAction::Remove { .. } => return Ok(()),
        AliasAction::Add { index, alias, .. } => (index, Some(alias)),
        AliasAction::RemoveIndex { index } => (index, None),
    };
    check_index_name(index)?;
    match has_manifest(storage, index).await? {
        true => {}
        false => return Err(IndexError::NotFound { name: index.clone() }.into()),
    }
    let Some(alias) = alias else { return Ok(()) };
    if let Err(IndexError::InvalidName { name, reason }) = check_alias_name(alias) {
        return Err(AliasError::InvalidName { name, reason });
    }
    if !removed.contains(&alias.as_str()) && has_manifest(storage, alias).await? {
        return Err(AliasError::IsIndex { name: alias.clone() });
    }
    Ok(())
}

async fn has_manifest(storage: &Arc<dyn Storage>, name: &str) -> Result<bool, StorageError> {
    match storage.head(&manifest_key(name)).await {
        Ok(_) => Ok(true),
        Err(StorageError::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn apply(aliases: &mut Aliases, actions: &[AliasAction]) -> Result<(), AliasError> {
    for action in actions {
        match action {
            AliasAction::Add { index, alias, options } => {
                aliases.by_name.entry(alias.clone()).or_default().insert(index.clone(), options.clone());
            }
            AliasAction::Remove { index, alias } => remove(aliases, index.as_deref(), alias)?,
            AliasAction::RemoveIndex { index } => forget(aliases, index),
        }
    }
    for (name, indices) in &aliases.by_name {
        let write = indices.iter().filter(|(_, options)| options.is_write_index == Some(true));
        let indices: Vec<String> = write.map(|(index, _)| index.clone()).collect();
        if indices.len() > 1 {
            return Err(AliasError::SeveralWriteIndices { name: name.clone(), indices });
        }
    }
    let count: usize = aliases.by_name.values().map(|indices| indices.len()).sum();
    if count > MAX_ALIASES { Err(AliasError::TooMany) } else { Ok(()) }
}

fn remove(aliases: &mut Aliases, index: Option<&str>, alias: &str) -> Result<(), AliasError> {
    let missing = || AliasError::Missing { name: alias.to_owned() };
    let indices = aliases.by_name.get_mut(alias).ok_or_else(missing)?;
    match index {
        Some(index) => _ = indices.remove(index).ok_or_else(missing)?,
        None => indices.clear(),
    }
    if indices.is_empty() {
        aliases.by_name.remove(alias);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_index::Mapping;
    use serde_json::json;

    use super::*;
    use crate::create_index;
    use crate::fixture::{lost_responses, memory};

    fn store() -> Arc<dyn Storage> {
        let storage = memory();
        for name in ["a", "b"] {
            block_on(create_index(&storage, name, &Mapping::default())).expect("created");
        }
        storage
    }

    fn add(index: &str, alias: &str) -> AliasAction {
        add_with(index, alias, AliasOptions::default())
    }

    fn add_with(index: &str, alias: &str, options: AliasOptions) -> AliasAction {
        AliasAction::Add { index: index.to_owned(), alias: alias.to_owned(), options }
    }

    fn remove_from(index: Option<&str>, alias: &str) -> AliasAction {
        AliasAction::Remove { index: index.map(str::to_owned), alias: alias.to_owned() }
    }

    fn update(storage: &Arc<dyn Storage>, actions: &[AliasAction]) -> Result<Aliases, AliasError> {
        block_on(update_aliases(storage, actions))
    }

    fn read(storage: &Arc<dyn Storage>) -> Vec<String> {
        let (aliases, _) = block_on(Aliases::read(storage)).expect("readable");
        let pairs =
            aliases.by_name.iter().flat_map(|(alias, of)| of.keys().map(move |index| format!("{alias}>{index}")));
        pairs.collect()
    }

    #[test]
    fn several_aliases_change_together() {
        let storage = store();
        update(&storage, &[add("a", "live"), add("a", "old")]).expect("added");
        assert_eq!(read(&storage), ["live>a", "old>a"]);
        update(&storage, &[remove_from(Some("a"), "live"), add("b", "live")]).expect("swapped");
        assert_eq!(read(&storage), ["live>b", "old>a"]);
        let failed = update(&storage, &[remove_from(None, "live"), remove_from(Some("b"), "old")]);
        insta::assert_snapshot!(failed.expect_err("not there"), @"aliases [old] missing");
        assert_eq!(read(&storage), ["live>b", "old>a"], "nothing changed");
        update(&storage, &[remove_from(None, "live")]).expect("removed");
        assert_eq!(read(&storage), ["old>a"]);
    }

    #[test]
    fn an_alias_takes_the_name_of_an_index_that_is_deleted() {
        let storage = store();
        update(&storage, &[add("b", "old")]).expect("added");
        let removed = AliasAction::RemoveIndex { index: "b".to_owned() };
        update(&storage, &[removed.clone(), add("a", "b")]).expect("swapped");
        assert_eq!(read(&storage), ["b>a"]);
        insta::assert_snapshot!(update(&storage, &[removed]).expect_err("it is an alias now"), @"no such index [b]");
    }

    #[test]
    fn names_are_checked() {
        let storage = store();
        let error = |action: AliasAction| update(&storage, &[action]).expect_err("refused").to_string();
        insta::assert_snapshot!(error(add("a", "b")), @"invalid alias name [b]: an index has this name");
        insta::assert_snapshot!(error(add("a", "_x")), @"invalid alias name [_x]: it begins with `_`, `-` or `+`");
        insta::assert_snapshot!(error(add("nope", "x")), @"no such index [nope]");
        insta::assert_snapshot!(error(remove_from(None, "x")), @"aliases [x] missing");
    }

    #[test]
    fn an_alias_has_one_write_index_at_most() {
        let storage = store();
        let write = AliasOptions { is_write_index: Some(true), filter: Some(json!({"match_all": {}})) };
        update(&storage, &[add_with("a", "x", write.clone())]).expect("one");
        let two = update(&storage, &[add_with("b", "x", write)]);
        insta::assert_snapshot!(two.expect_err("two"), @"alias [x] has more than one write index [a,b]");
    }

    #[test]
    fn the_number_of_aliases_is_limited() {
        let storage = store();
        let actions: Vec<AliasAction> = (0..MAX_ALIASES).map(|number| add("a", &format!("x{number}"))).collect();
        update(&storage, &actions).expect("at the limit");
        insta::assert_snapshot!(
            update(&storage, &[add("b", "x0")]).expect_err("one more"),
            @"at most 10000 aliases are allowed, counting each index of each alias"
        );
    }

    #[test]
    fn a_lost_response_is_recognised() {
        let storage = store();
        update(&storage, &[add("a", "x")]).expect("added");
        update(&lost_responses(&storage), &[add("b", "x")]).expect("written at the first attempt");
        assert_eq!(read(&storage), ["x>a", "x>b"]);
    }

    #[test]
    fn a_deleted_index_has_no_aliases() {
        let storage = store();
        update(&storage, &[add("a", "x"), add("b", "x"), add("a", "y")]).expect("added");
        block_on(delete_index(&storage, "a")).expect("deleted");
        assert_eq!(read(&storage), ["x>b"]);
        block_on(delete_index(&storage, "b")).expect("deleted");
        assert!(read(&storage).is_empty());
    }

    #[test]
    fn no_index_is_created_under_the_name_of_an_alias() {
        let storage = store();
        update(&storage, &[add("a", "x")]).expect("added");
        let created = block_on(create_index(&storage, "x", &Mapping::default()));
        insta::assert_snapshot!(created.expect_err("taken"), @"[x] is an alias: choose another name, or remove the alias");
    }
}
