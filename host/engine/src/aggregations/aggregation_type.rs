//! Every type of aggregation, by its key in a request.

use super::definition::Definition;
use super::{
    adjacency_matrix, auto_date_histogram, cardinality, composite, date_histogram, filter, filters, geo_bounds,
    geo_centroid, geo_distance, geo_grid, global, histogram, ip_range, matrix_stats, median_absolute_deviation,
    missing, multi_terms, nested, percentiles, range, reverse_nested, sampler, significant_text, stats, terms,
    top_hits, value_count, variable_width_histogram, weighted_avg,
};
use crate::json::{ErrorKind, Node, ParseError};
use crate::request::Parser;

/// Parses the body of one type of aggregation.
type Parse = fn(&Node<'_>, &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError>;

/// What may be inside an aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Nothing,
    Aggregations,
}

pub(super) struct Type {
    pub(super) parse: Parse,
    pub(super) inside: Inside,
    mistakes: Mistakes,
}

impl Type {
    /// An error as clients expect it: most aggregations are parsed as a whole.
    pub(super) fn known(&self, error: ParseError) -> ParseError {
        match (self.mistakes, error.outer_kind, error.kind) {
            (Mistakes::OfParts, ..) | (_, Some(_), _) => error,
            (Mistakes::OfWhole, None, ErrorKind::Parsing) => error.of_kind(ErrorKind::Object),
            (Mistakes::OfWhole, None, _) => error.inside(ErrorKind::Object),
        }
    }
}

/// What mistakes in the body of an aggregation are reported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistakes {
    OfWhole,
    OfParts,
}

/// Sorted by name.
const TYPES: &[(&str, Type)] = &[
    ("adjacency_matrix", filtered(adjacency_matrix::parse)),
    ("auto_date_histogram", buckets(auto_date_histogram::parse)),
    ("avg", figure(stats::parse_avg)),
    ("cardinality", figure(cardinality::parse)),
    ("composite", buckets(composite::parse)),
    ("date_histogram", buckets(date_histogram::parse)),
    ("date_range", buckets(range::parse_dates)),
    ("diversified_sampler", buckets(sampler::parse_diversified)),
    ("extended_stats", figure(stats::parse_extended)),
    ("filter", filtered(filter::parse)),
    ("filters", filtered(filters::parse)),
    ("geo_bounds", figure(geo_bounds::parse)),
    ("geo_centroid", figure(geo_centroid::parse)),
    ("geo_distance", buckets(geo_distance::parse)),
    ("geohash_grid", buckets(geo_grid::parse_geohash)),
    ("geotile_grid", buckets(geo_grid::parse_geotile)),
    ("global", filtered(global::parse)),
    ("histogram", buckets(histogram::parse)),
    ("ip_range", buckets(ip_range::parse)),
    ("matrix_stats", hits(matrix_stats::parse)),
    ("max", figure(stats::parse_max)),
    ("median_absolute_deviation", figure(median_absolute_deviation::parse)),
    ("min", figure(stats::parse_min)),
    ("missing", buckets(missing::parse)),
    ("multi_terms", buckets(multi_terms::parse)),
    ("nested", filtered(nested::parse)),
    ("percentile_ranks", figure(percentiles::parse_ranks)),
    ("percentiles", figure(percentiles::parse)),
    ("range", buckets(range::parse)),
    ("rare_terms", buckets(terms::parse_rare)),
    ("reverse_nested", filtered(reverse_nested::parse)),
    ("sampler", filtered(sampler::parse)),
    ("significant_terms", buckets(terms::parse_significant)),
    ("significant_text", figure(significant_text::parse)),
    ("stats", figure(stats::parse_stats)),
    ("sum", figure(stats::parse_sum)),
    ("terms", buckets(terms::parse)),
    ("top_hits", hits(top_hits::parse)),
    ("value_count", figure(value_count::parse)),
    ("variable_width_histogram", buckets(variable_width_histogram::parse)),
    ("weighted_avg", figure(weighted_avg::parse)),
];

const fn figure(parse: Parse) -> Type {
    Type { parse, inside: Inside::Nothing, mistakes: Mistakes::OfWhole }
}

/// Documents, whose options have mistakes that are known as everywhere else.
const fn hits(parse: Parse) -> Type {
    Type { parse, inside: Inside::Nothing, mistakes: Mistakes::OfParts }
}

const fn buckets(parse: Parse) -> Type {
    Type { parse, inside: Inside::Aggregations, mistakes: Mistakes::OfWhole }
}

/// With queries in it, whose mistakes are known as everywhere else.
const fn filtered(parse: Parse) -> Type {
    Type { parse, inside: Inside::Aggregations, mistakes: Mistakes::OfParts }
}

/// The types of aggregations, by name: for tests that cover all of them.
pub fn aggregation_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

pub(super) fn find(name: &str) -> Option<&'static Type> {
    let index = TYPES.binary_search_by_key(&name, |(key, _)| key).ok()?;
    Some(&TYPES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_for_the_search() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| name));
    }
}
