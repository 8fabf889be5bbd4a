//! Reading splits: as little as possible, in as few round trips as possible, and never in the middle of a computation.
//!
//! tantivy reads through the files of opened splits (`split/open.rs`). What a split's footer has copies of is there at once; all
//! else belongs to the running search ([`ReadSession`]), which has it, finds it in the memory cache, or takes it down as missed.
//! The [`SplitReader`] fetches what was missed: from the disk cache, or from the store in few requests.

mod bounded_pieces;
mod coalesce;
mod cost;
#[cfg_attr(target_family = "wasm", path = "reading/no_disk_cache.rs")]
mod disk_cache;
mod memory_cache;
mod range_map;
mod reader;
mod reads;
mod recording;
mod settings;

pub use cost::{Cost, CostFigures};
pub(crate) use range_map::RangeMap;
pub use reader::SplitReader;
pub use reads::{Entered, ReadSession};
pub(crate) use reads::{Need, read};
pub(crate) use recording::Recording;
pub use settings::ReadSettings;
