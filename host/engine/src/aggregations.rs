//! Aggregations: counts, figures and buckets of buckets over all matches of a search.
//!
//! A request's aggregations are parsed to `AggregationRequest`s ([`parse`]), planned against the mapping, and run as one
//! [`Aggregations`], a collector like those of `collect`. Each type of aggregation is a file here.
//!
//! Within a segment, an aggregation is one object for all buckets of the aggregation around it: it takes batches of documents,
//! each with the number of its bucket there. So no document costs a virtual call, and an aggregation inside a million buckets is
//! a few vectors. What a segment leads to is a [`Partial`], and partial results merge without loss: counts and terms are exact
//! over any number of splits.
//!
//! Pipelines compute something of the complete results ([`Answer`](answer::Answer)), after all splits are merged.
//!
//! To add a type: write its file, and add its line to `TYPES` in `aggregation_type.rs`.

mod adjacency_matrix;
mod aggregation;
mod aggregation_type;
mod answer;
mod answering;
mod answers;
mod auto_date_histogram;
mod background;
mod batch;
mod bits;
mod bucket_map;
mod cardinality;
mod collector;
mod composite;
mod date_histogram;
mod date_interval;
mod decimal_format;
mod decimal_json;
mod definition;
mod direct_counts;
mod doc_scores;
mod failure;
mod filter;
mod filters;
mod first_terms;
mod found_hits;
mod gathered;
mod geo_bounds;
mod geo_centroid;
mod geo_distance;
mod geo_grid;
mod global;
mod heuristic;
mod histogram;
mod histogram_buckets;
mod interval_starts;
mod ip_range;
mod keyed;
mod kind;
mod matrix_stats;
mod median_absolute_deviation;
mod metric;
mod missing;
mod multi_terms;
mod nested;
mod nodes;
mod options;
mod order;
mod parents;
mod partial;
mod percentiles;
mod pipelines;
mod points;
mod positions;
mod range;
mod reader;
mod request;
mod result_bytes;
mod reverse_nested;
mod rounding;
mod sampler;
mod scripted;
mod significant_text;
mod source;
mod stats;
mod sum;
mod term_filter;
mod terms;
mod time_zone;
mod top_hits;
mod value_count;
mod value_format;
mod variable_width_histogram;
mod weighted_avg;

pub use aggregation_type::aggregation_types;
pub use pipelines::pipeline_types;

pub(crate) use answering::{Answering, KeyStyle};
pub(crate) use answers::Answers;
pub(crate) use background::{Background, Extent, Known, Missing, PlannedBackground};
pub(crate) use collector::Aggregations;
pub(crate) use decimal_format::DecimalFormat;
pub(crate) use found_hits::{FetchedHits, WantedHits};
pub(crate) use partial::Partial;
pub(crate) use request::{AggregationRequests, parse, plan};
