//! What each endpoint does. The router knows their paths.

mod cat;
mod count;
mod document;
mod functions;
mod index;
mod root;
mod search;

pub(crate) use cat::cat_indices;
pub(crate) use count::count;
pub(crate) use document::document;
pub(crate) use functions::{function, functions};
pub(crate) use index::{index, mapping};
pub(crate) use root::{health, root};
pub(crate) use search::search;

use crate::error::ApiError;
use crate::parameters::Parameters;
use crate::service::IfMissing;

/// Takes the URL parameter `ignore_unavailable`.
fn take_if_missing(parameters: &mut Parameters) -> Result<IfMissing, ApiError> {
    let is_ignored = parameters.take_flag("ignore_unavailable")?;
    Ok(if is_ignored { IfMissing::Empty } else { IfMissing::Fail })
}
