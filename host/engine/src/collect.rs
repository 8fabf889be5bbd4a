//! Collecting: what a search makes of its matches, segment by segment, and merged.

mod after;
mod all_documents;
mod collector;
mod combined;
mod count;
mod distances;
mod finite;
mod group;
mod group_hits;
mod hit;
mod hit_position;
mod nested_values;
mod segment_sort;
mod sort_across;
mod sort_key;
mod sort_level;
mod sort_order;
mod top;
mod top_by_fields;
mod top_by_score;
mod top_groups;
mod top_hits;

pub(crate) use all_documents::AllDocuments;
pub(crate) use collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
pub(crate) use count::Count;
pub(crate) use group::{GroupKey, GroupSource};
pub(crate) use group_hits::{GroupFound, GroupHits};
pub(crate) use hit::{BestHits, Hit};
pub use hit_position::HitPosition;
pub(crate) use sort_across::SortAcross;
pub(crate) use sort_key::{SortKey, SortValue};
pub(crate) use sort_order::SortOrder;
pub(crate) use top_by_fields::TopByFields;
pub(crate) use top_by_score::TopByScore;
pub(crate) use top_groups::{Ranking, TopGroups};
pub(crate) use top_hits::TopHits;
