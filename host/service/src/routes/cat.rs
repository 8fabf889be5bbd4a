//! `/_cat/...`: tables for humans and scripts.

mod aliases;
mod count;
mod health;
mod indices;
mod nodes;
mod segments;
mod shards;
mod size;
mod table;
mod time_of_day;

pub(crate) use aliases::cat_aliases;
pub(crate) use count::cat_count;
pub(crate) use health::cat_health;
pub(crate) use indices::cat_indices;
pub(crate) use nodes::cat_nodes;
pub(crate) use segments::cat_segments;
pub(crate) use shards::cat_shards;

use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// The paths of all tables.
const PATHS: &str = "=^.^=
/_cat/aliases
/_cat/aliases/{alias}
/_cat/count
/_cat/count/{index}
/_cat/health
/_cat/indices
/_cat/indices/{index}
/_cat/nodes
/_cat/segments
/_cat/segments/{index}
/_cat/shards
/_cat/shards/{index}
";

/// Lists the tables.
pub(crate) fn cat(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::text(PATHS.to_owned()))
}
