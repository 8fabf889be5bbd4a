//! Random pipelines.

use serde_json::{Map, Value as Json, json};

use super::super::world::World;

/// Paths from buckets with the aggregations `f0` (one figure) and `f1` (`stats`) inside.
fn path(world: &mut World) -> &'static str {
    world.random.pick(&["_count", "f0", "f0.value", "f1.max", "f1[sum]", "f1.count", "_key"])
}

fn with_options(world: &mut World, mut body: Json) -> Json {
    if world.random.chance(0.3) {
        body["gap_policy"] = world.random.pick(&["skip", "insert_zeros"]).into();
    }
    if world.random.chance(0.2) {
        body["format"] = world.random.pick(&["0.0", "#,##0.00"]).into();
    }
    body
}

/// Pipelines inside of a histogram that has `f0` and `f1` inside.
pub(super) fn inside_histogram(world: &mut World) -> Map<String, Json> {
    let mut pipelines = Map::new();
    for number in 0..=world.random.below(2) {
        let path = path(world);
        let pipeline = match world.random.below(7) {
            4 => {
                let model = world.random.pick(&["simple", "linear", "ewma"]);
                json!({ "moving_avg": { "buckets_path": path, "window": 1 + world.random.below(4), "model": model } })
            }
            0 => json!({ "derivative": with_options(world, json!({ "buckets_path": path })) }),
            1 => json!({ "cumulative_sum": { "buckets_path": path } }),
            2 => {
                let lag = 1 + world.random.below(3);
                json!({ "serial_diff": with_options(world, json!({ "buckets_path": path, "lag": lag })) })
            }
            3 => {
                let script = world.random.pick(&[
                    "MovingFunctions.max(values)",
                    "MovingFunctions.min(values)",
                    "MovingFunctions.sum(values)",
                    "MovingFunctions.unweightedAvg(values)",
                    "MovingFunctions.linearWeightedAvg(values)",
                    "MovingFunctions.ewma(values, 0.4)",
                    "MovingFunctions.holt(values, 0.4, 0.2)",
                    "MovingFunctions.stdDev(values, MovingFunctions.unweightedAvg(values))",
                ]);
                let (window, shift) = (1 + world.random.below(4), world.random.between(-1, 2));
                let body = json!({ "buckets_path": path, "window": window, "shift": shift, "script": script });
                json!({ "moving_fn": with_options(world, body) })
            }
            _ => inside_buckets(world),
        };
        pipelines.insert(format!("p{number}"), pipeline);
    }
    pipelines
}

/// A pipeline inside of any buckets that have `f0` and `f1` inside.
pub(super) fn inside_buckets(world: &mut World) -> Json {
    let path = world.random.pick(&["_count", "f0", "f1.avg"]);
    match world.random.below(3) {
        0 => {
            let script = world.random.pick(&["params.a * 2 + params.n", "params.a / params.n", "-params.a"]);
            let body = json!({ "buckets_path": { "a": path, "n": "_count" }, "script": script });
            json!({ "bucket_script": with_options(world, body) })
        }
        1 => json!({ "bucket_selector": { "buckets_path": { "n": "_count" }, "script": "params.n > 1" } }),
        _ => {
            let direction = world.random.pick(&["asc", "desc"]);
            let (from, size) = (world.random.below(3), 1 + world.random.below(6));
            json!({ "bucket_sort": { "sort": [{ path: direction }, "_key"], "from": from, "size": size } })
        }
    }
}

/// A pipeline next to buckets that have `f0` and `f1` inside.
pub(super) fn beside(world: &mut World, buckets: &str) -> Json {
    let value = world.random.pick(&["_count", "f0", "f1.min"]);
    let path = format!("{buckets}>{value}");
    let kind = world.random.pick(&[
        "avg_bucket",
        "sum_bucket",
        "min_bucket",
        "max_bucket",
        "stats_bucket",
        "extended_stats_bucket",
        "percentiles_bucket",
    ]);
    json!({ kind: with_options(world, json!({ "buckets_path": path })) })
}
