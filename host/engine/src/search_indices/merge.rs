//! Merging what was found in several indices.

use super::comparable_keys::ComparableKeys;
use super::index_search::IndexSearch;
use crate::Error;
use crate::collect::SortOrder;
use crate::inner_hits::{FoundGroups, InnerHitsPlan};
use crate::partial::PartialResult;

/// Merges the results of all indices.
pub(super) fn merge(searched: &[IndexSearch<'_>], mut results: Vec<PartialResult>) -> Result<PartialResult, Error> {
    let orders: Vec<&SortOrder> = searched.iter().filter_map(|index| index.plan.sort_order()).collect();
    let mut keys = ComparableKeys::plan(&orders)?;
    for (result, order) in results.iter_mut().zip(&orders) {
        keys.add(order, result.hits_mut());
    }
    let keys = keys.sorted();
    let mut merged = PartialResult::merge(results, &searched[0].plan);
    keys.restore(merged.hits_mut());
    Ok(merged)
}

/// Merges what was found in the groups of the page in all indices.
pub(super) fn merge_groups<'a>(
    searched: &[IndexSearch<'a>],
    mut of_indices: Vec<FoundGroups<'a>>,
) -> Result<FoundGroups<'a>, Error> {
    let plans: Vec<&InnerHitsPlan> = searched.iter().filter_map(|index| index.plan.inner_hits.as_ref()).collect();
    let Some(first) = plans.first() else { return Ok(FoundGroups::default()) };
    let mut keys_of_definitions = Vec::new();
    for number in 0..searched[0].resolved.request.inner_hits_of_groups().len() {
        let orders: Vec<&SortOrder> = plans.iter().filter_map(|plan| plan.order(number)).collect();
        let mut keys = ComparableKeys::plan(&orders)?;
        for (found, order) in of_indices.iter_mut().zip(&orders) {
            found.for_each_page(number, |hits| keys.add(order, hits));
        }
        keys_of_definitions.push(keys.sorted());
    }
    let mut merged = FoundGroups::merge(first, of_indices);
    for (number, keys) in keys_of_definitions.iter().enumerate() {
        merged.for_each_page(number, |hits| keys.restore(hits));
    }
    Ok(merged)
}
