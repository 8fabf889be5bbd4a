//! Changing templates of indices.

use std::sync::Arc;

use quidditch_index::{IndexError, Templates};
use quidditch_storage::{Storage, StorageError};
use ulid::Ulid;

use crate::IndexingError;

/// How often a change is attempted when other writers are faster. 20: templates change rarely.
const ATTEMPTS: u32 = 20;

/// Greatest number of index templates and component templates together. All are read when an index is created.
pub const MAX_TEMPLATES: usize = 1_000;

/// Why templates were not changed.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError<E> {
    /// The change was refused.
    #[error(transparent)]
    Refused(E),
    /// There would be too many templates.
    #[error("there would be more than {MAX_TEMPLATES} index templates and component templates")]
    TooMany,
    /// The store failed, or other writers were faster.
    #[error(transparent)]
    Indexing(IndexingError),
}

impl<E> From<StorageError> for TemplateError<E> {
    fn from(error: StorageError) -> Self {
        TemplateError::Indexing(error.into())
    }
}

impl<E> From<IndexError> for TemplateError<E> {
    fn from(error: IndexError) -> Self {
        TemplateError::Indexing(error.into())
    }
}

/// Changes the templates. `change` is applied again to newer templates until no other writer is faster.
///
/// # Errors
/// [`TemplateError`]. Then nothing is changed, unless the store failed while the templates were written.
pub async fn update_templates<E>(
    storage: &Arc<dyn Storage>,
    change: impl Fn(&mut Templates) -> Result<(), E>,
) -> Result<(), TemplateError<E>> {
    let mut refused: Option<Templates> = None;
    for _ in 0..ATTEMPTS {
        let (before, version) = Templates::read(storage).await?;
        // Storages retry requests whose responses are lost. Then the first write succeeds, and the second is refused.
        if refused.take().is_some_and(|refused| refused.change == before.change) {
            return Ok(());
        }
        let mut after = before.clone();
        change(&mut after).map_err(TemplateError::Refused)?;
        if after == before {
            return Ok(());
        }
        if after.index_templates.len() + after.component_templates.len() > MAX_TEMPLATES {
            return Err(TemplateError::TooMany);
        }
        after.change = Ulid::generate().to_string();
        match after.write(storage, version).await {
            Ok(_) => return Ok(()),
            Err(StorageError::PreconditionFailed { .. }) => refused = Some(after),
            Err(error) => return Err(error.into()),
        }
    }
    let error = IndexingError::Contention { name: "_index_templates".to_owned(), attempts: ATTEMPTS };
    Err(TemplateError::Indexing(error))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::executor::block_on;
    use serde_json::json;

    use super::*;
    use crate::fixture::{lost_responses, memory};

    fn put(storage: &Arc<dyn Storage>, names: &[String]) -> Result<(), TemplateError<Infallible>> {
        block_on(update_templates(storage, |templates| {
            templates.component_templates.extend(names.iter().map(|name| (name.clone(), json!({}))));
            Ok(())
        }))
    }

    #[test]
    fn a_lost_response_is_recognised() {
        let storage = memory();
        put(&lost_responses(&storage), &["a".to_owned()]).expect("written at the first attempt");
        put(&lost_responses(&storage), &["b".to_owned()]).expect("written at the first attempt");
        let (templates, _) = block_on(Templates::read(&storage)).expect("readable");
        assert_eq!(templates.component_templates.keys().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn the_number_of_templates_is_limited() {
        let storage = memory();
        let names: Vec<String> = (0..MAX_TEMPLATES).map(|number| format!("t{number}")).collect();
        put(&storage, &names).expect("at the limit");
        assert!(matches!(put(&storage, &["one-more".to_owned()]), Err(TemplateError::TooMany)));
    }
}
