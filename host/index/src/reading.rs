//! Reading splits: as little as possible, in as few round trips as possible, and never during a computation.
//!
//! tantivy reads through the files of open splits (`splits_directory/split_file.rs`). Ranges of which the footer has copies are served from it.
//! All other reads go to the [`ReadSession`] of the running search, which has the bytes, finds them in the memory cache, or
//! records the miss. The [`SplitReader`] fetches what was missed: from the disk cache, or from the store in few requests.

mod bounded_pieces;
mod coalesce;
mod cost;
mod current;
#[cfg_attr(target_family = "wasm", path = "reading/no_disk_cache.rs")]
mod disk_cache;
mod held_bytes;
mod memory_cache;
mod reader;
mod recording;
mod session;
mod settings;

pub use cost::{Cost, CostFigures};
pub use current::Entered;
pub(crate) use current::{Need, read};
pub use reader::SplitReader;
pub(crate) use recording::Recording;
pub use session::ReadSession;
pub use settings::{ReadSettings, WHOLE_SPLIT_BYTES};
