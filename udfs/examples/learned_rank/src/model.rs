//! Gradient-boosted trees, as LightGBM evaluates them.

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// A child is the node with that index or, if negative, the leaf with the index `!child`.
pub(crate) struct Node {
    feature: u16,
    threshold: f64,
    missing_left: bool,
    left: i32,
    right: i32,
}

/// The probability that the model predicts for the values of [`FEATURES`], NaN for missing ones.
pub(crate) fn probability(features: &[f64; FEATURES.len()]) -> f64 {
    let log_odds: f64 = ROOTS.iter().map(|root| LEAVES[leaf(*root, features)]).sum();
    1.0 / (1.0 + (-SIGMOID * log_odds).exp())
}

/// The index of the leaf of a tree.
#[inline]
fn leaf(root: i32, features: &[f64; FEATURES.len()]) -> usize {
    let mut index = root;
    while let Ok(inner) = usize::try_from(index) {
        let node = &NODES[inner];
        let value = features[usize::from(node.feature)];
        let is_left = value <= node.threshold || (node.missing_left && value.is_nan());
        index = if is_left { node.left } else { node.right };
    }
    !index as usize
}
