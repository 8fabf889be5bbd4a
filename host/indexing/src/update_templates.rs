//! Changing templates of indices.

use std::sync::Arc;

use quidditch_index::Templates;
use quidditch_storage::Storage;

use crate::IndexingError;
use crate::change_store_object::change_store_object;

/// Greatest number of index templates and component templates together. All are read when an index is created.
pub const MAX_TEMPLATES: usize = 1_000;

/// Why templates were not changed.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError<E> {
    /// The change was refused.
    #[error(transparent)]
    Refused(E),
    /// There would be too many templates.
    #[error("at most {MAX_TEMPLATES} index templates and component templates are allowed together")]
    TooMany,
    /// The store failed, or other writers were faster.
    #[error(transparent)]
    Indexing(IndexingError),
}

impl<E> From<IndexingError> for TemplateError<E> {
    fn from(error: IndexingError) -> Self {
        TemplateError::Indexing(error)
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
    let change = |templates: &mut Templates| {
        change(templates).map_err(TemplateError::Refused)?;
        let count = templates.index_templates.len() + templates.component_templates.len();
        if count > MAX_TEMPLATES { Err(TemplateError::TooMany) } else { Ok(()) }
    };
    change_store_object(storage, change).await.map(drop)
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
