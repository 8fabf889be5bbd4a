//! `/_stats` and `/{index}/_stats`: documents and sizes of indices.

use quidditch_index::{Cost, Snapshot};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::take_cluster_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;

/// The figures that there are.
const METRICS: [&str; 3] = ["docs", "store", "segments"];

/// Figures that an index of OpenSearch has, and that are not counted here.
const NOT_COUNTED: [&str; 13] = [
    "indexing",
    "get",
    "search",
    "merge",
    "refresh",
    "flush",
    "warmer",
    "query_cache",
    "fielddata",
    "completion",
    "translog",
    "request_cache",
    "recovery",
];

/// What is added up over indices.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    documents: u64,
    deleted: u64,
    bytes: u64,
    segments: u64,
}

impl Figures {
    pub(super) fn from_snapshots<'a>(snapshots: impl Iterator<Item = &'a Snapshot>) -> Self {
        let mut figures = Figures::default();
        for snapshot in snapshots {
            figures.documents += snapshot.stored_documents();
            figures.deleted += snapshot.deleted();
            figures.bytes += snapshot.size_bytes();
            figures.segments += snapshot.splits() as u64;
        }
        figures
    }

    /// The wanted figures, by metric.
    pub(super) fn to_json(self, is_wanted: impl Fn(&str) -> bool) -> Map<String, Json> {
        let values = [
            json!({ "count": self.documents, "deleted": self.deleted }),
            json!({ "size_in_bytes": self.bytes, "reserved_in_bytes": 0 }),
            json!({ "count": self.segments }),
        ];
        let metrics = METRICS.into_iter().zip(values).filter(|(metric, _)| is_wanted(metric));
        metrics.map(|(metric, value)| (metric.to_owned(), value)).collect()
    }
}

/// Documents and sizes of indices, and of all of them together.
pub(crate) async fn stats(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let metrics = call.names.get("metric").unwrap_or("_all").to_owned();
    let metrics: Vec<&str> = metrics.split(',').collect();
    let is_known = |metric: &str| metric == "_all" || METRICS.contains(&metric) || NOT_COUNTED.contains(&metric);
    if let Some(unknown) = metrics.iter().find(|metric| !is_known(metric)) {
        let reason = format!("request [{}] contains unrecognized metric: [{unknown}]", call.path);
        return Err(ApiError::Argument(reason));
    }
    let shows_indices = match call.parameters.take("level")?.as_deref() {
        None | Some("indices") => true,
        Some("cluster") => false,
        Some(other) => {
            let reason = format!("parameter [level] must be one of [cluster], [indices], but is [{other}]");
            return Err(ApiError::Argument(reason));
        }
    };
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_cluster_parameters(&mut call.parameters)?;
    call.finish()?;
    let is_wanted = |metric: &str| metrics.contains(&"_all") || metrics.contains(&metric);
    let targets = service.targets(&expression, &options, &Cost::default()).await?;
    let of = |figures: Figures| {
        let figures = figures.to_json(is_wanted);
        json!({ "primaries": figures, "total": figures })
    };
    let all = match targets.is_empty() {
        true => json!({ "primaries": {}, "total": {} }),
        false => of(Figures::from_snapshots(targets.iter().map(|target| &*target.snapshot))),
    };
    let count = targets.len();
    let mut answer = json!({ "_shards": { "total": count, "successful": count, "failed": 0 }, "_all": all });
    if shows_indices {
        let of_index = |snapshot: &Snapshot| {
            let mut figures = of(Figures::from_snapshots(std::iter::once(snapshot)));
            figures["uuid"] = snapshot.id().into();
            (snapshot.name().to_owned(), figures)
        };
        answer["indices"] = Json::Object(targets.iter().map(|target| of_index(&target.snapshot)).collect());
    }
    Ok(Answer::json(&answer))
}
