//! Turns LightGBM's `model.txt` into Rust: the names of the features, and the nodes and leaves of all trees as arrays.
//!
//! So the component needs no parser, and a model that it could not evaluate correctly does not build.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const MODEL: &str = "model.txt";

/// The bits of a node's `decision_type`: whether it compares categories, whether missing values go left, and which are missing.
const CATEGORICAL: u8 = 1;
const DEFAULT_LEFT: u8 = 2;
const MISSING: u8 = 12;
const MISSING_NONE: u8 = 0;
const MISSING_NAN: u8 = 8;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={MODEL}");
    let model = generate(&fs::read_to_string(MODEL)?).map_err(|error| format!("{MODEL}: {error}"))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("model.rs"), model)?;
    Ok(())
}

/// A child `i` is node `i` if it is not negative, and leaf `!i` if it is. The text counts the nodes and leaves of each tree, the
/// generated code those of all trees.
fn generate(model: &str) -> Result<String, Box<dyn Error>> {
    let mut blocks = model.split("\n\n").map(Block::parse);
    let header = blocks.next().ok_or("empty")?;
    let sigmoid = header.text("objective")?.strip_prefix("binary sigmoid:");
    let sigmoid: f64 =
        sigmoid.ok_or("the objective must be `binary`: others have scores that are not probabilities")?.parse()?;
    if header.contains("average_output") {
        return Err("a random forest is not supported".into());
    }
    let features: Vec<&str> = header.text("feature_names")?.split(' ').collect();

    let (mut roots, mut nodes, mut leaves) = (String::new(), String::new(), String::new());
    let (mut node_count, mut leaf_count) = (0, 0);
    for tree in blocks.filter(|block| block.contains("Tree")) {
        if tree.text("num_cat")? != "0" || tree.text("is_linear").is_ok_and(|linear| linear != "0") {
            return Err("categorical features and linear trees are not supported".into());
        }
        let values: Vec<f64> = tree.list("leaf_value")?;
        let splits: Vec<usize> = tree.list("split_feature")?;
        let thresholds: Vec<f64> = tree.list("threshold")?;
        let decisions: Vec<u8> = tree.list("decision_type")?;
        let lefts: Vec<i32> = tree.list("left_child")?;
        let rights: Vec<i32> = tree.list("right_child")?;

        let child = |index: i32| if index < 0 { index - leaf_count } else { index + node_count };
        // A tree may consist of one leaf.
        write!(roots, "{}, ", if splits.is_empty() { child(!0) } else { child(0) })?;
        for (index, feature) in splits.iter().enumerate() {
            let (threshold, decision) = (thresholds[index], decisions[index]);
            let missing_left = match decision & MISSING {
                _ if decision & CATEGORICAL != 0 => return Err("categorical features are not supported".into()),
                // The feature was never missing in the training data: a missing one is then 0.
                MISSING_NONE => 0.0 <= threshold,
                MISSING_NAN => decision & DEFAULT_LEFT != 0,
                _ => return Err("`zero_as_missing` is not supported".into()),
            };
            let (left, right) = (child(lefts[index]), child(rights[index]));
            write!(nodes, "    Node {{ feature: {feature}, threshold: {threshold:?}, missing_left: {missing_left}, ")?;
            writeln!(nodes, "left: {left}, right: {right} }},")?;
        }
        for value in &values {
            write!(leaves, "{value:?}, ")?;
        }
        node_count += i32::try_from(splits.len())?;
        leaf_count += i32::try_from(values.len())?;
    }
    Ok(format!(
        "pub(crate) const FEATURES: [&str; {}] = {features:?};\n\
         pub(crate) const SIGMOID: f64 = {sigmoid:?};\n\
         /// The first node of each tree.\n\
         pub(crate) static ROOTS: &[i32] = &[{roots}];\n\
         pub(crate) static NODES: &[Node] = &[\n{nodes}];\n\
         pub(crate) static LEAVES: &[f64] = &[{leaves}];\n",
        features.len()
    ))
}

/// Lines of `key=value`, or only `key`.
struct Block<'a>(HashMap<&'a str, &'a str>);

impl<'a> Block<'a> {
    fn parse(text: &'a str) -> Self {
        Block(text.lines().map(|line| line.split_once('=').unwrap_or((line, ""))).collect())
    }

    fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    fn text(&self, key: &str) -> Result<&'a str, String> {
        self.0.get(key).copied().ok_or_else(|| format!("`{key}` is missing"))
    }

    fn list<T: std::str::FromStr<Err: Error + 'static>>(&self, key: &str) -> Result<Vec<T>, Box<dyn Error>> {
        Ok(self.text(key)?.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>()?)
    }
}
