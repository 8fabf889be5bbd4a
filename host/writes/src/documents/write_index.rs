//! The index that documents are written to.

use http::StatusCode;
use quidditch_index::{Cost, IndexError};
use quidditch_service::Service;
use quidditch_service::writing::{ApiError, Flag, Refusal};

use crate::Writes;
use crate::name::check_new_index;

/// What happens if there is no index of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum IfMissing {
    /// It is created.
    Create,
    /// The request fails.
    Fail,
}

/// The name of the index that documents are written to: `name`, or the index that the alias of this name writes to. If there is
/// none, it is created.
///
/// # Errors
/// A name that no index can have; an alias that does not say which of its indices is written; a name of no alias if it has to be
/// one; the errors of creating an index.
pub(super) async fn write_index(
    writes: &Writes,
    service: &Service,
    name: &str,
    (if_missing, require_alias): (IfMissing, Flag),
) -> Result<String, ApiError> {
    if require_alias == Flag::Off && writes.committer.knows(name) {
        return Ok(name.to_owned());
    }
    check_new_index(name)?;
    let aliases = service.aliases().await?;
    if let Some(indices) = aliases.indices(name) {
        let mut marked = indices.iter().filter(|(_, options)| options.is_write_index == Some(true));
        let only =
            indices.iter().next().filter(|(_, options)| indices.len() == 1 && options.is_write_index != Some(false));
        return match marked.next().or(only) {
            Some((index, _)) => Ok(index.clone()),
            None => Err(ApiError::Argument(format!(
                "no write index is defined for alias [{name}]. The write index may be explicitly disabled using \
                 is_write_index=false or the alias points to multiple indices without one being designated as a write index"
            ))),
        };
    }
    if require_alias == Flag::On {
        let reason =
            format!("no such index [{name}] and [require_alias] request flag is [true] and [{name}] is not an alias");
        let refusal = Refusal::new(StatusCode::NOT_FOUND, "index_not_found_exception", reason);
        return Err(refusal.detail("index", name).into());
    }
    match service.only_target(name, &Cost::default()).await {
        Ok(_) => {}
        Err(ApiError::Index(IndexError::NotFound { .. })) if if_missing == IfMissing::Create => {
            writes.create_if_missing(service, name).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(name.to_owned())
}
