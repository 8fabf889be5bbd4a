//! Pipelines: aggregations of the complete results of other aggregations.
//!
//! They run once, on the answers that are merged from all splits, and read no documents. A pipeline is declared next to the
//! aggregation whose buckets it reads (`SiblingPipeline`), or inside the aggregation whose buckets it changes
//! (`ParentPipeline`). `declared` parses them, checks their paths, and sorts them so that each runs after those that it reads.

mod bucket_script;
mod bucket_selector;
mod bucket_sort;
mod bucket_variables;
mod buckets_path;
mod cumulative_sum;
mod declared;
mod derivative;
mod figures;
mod forecast;
mod gap_policy;
mod moving_avg;
mod moving_fn;
mod moving_functions;
mod moving_window;
mod options;
mod parsed;
mod percentiles_bucket;
mod pipeline;
mod pipeline_type;
mod property;
mod script;
mod serial_diff;
mod sibling_buckets;
mod simple_value;
mod stats_bucket;
mod window_error;
mod window_script;

pub(super) use declared::{Declared, Siblings, sorted};
pub(super) use pipeline::Pipeline;
pub(super) use pipeline_type::find;
pub use pipeline_type::pipeline_types;
pub(super) use script::PipelineScript;
