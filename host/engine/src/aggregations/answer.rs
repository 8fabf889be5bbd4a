//! Complete results, from which pipelines are computed and the response is written.

use std::collections::HashMap;

use quidditch_index::float_text;
use serde_json::{Map, Value as Json};

use super::answering::KeyStyle;
use super::found_hits::{FetchedHits, FoundHits};
use super::metric::MetricError;
use crate::json::{Node, ParseError};
use crate::shown::{Shown, ShownObject};

/// The complete result of one aggregation.
pub(super) struct Answer<'a> {
    /// What the response shows of it, without buckets and aggregations inside.
    pub(super) shown: Map<String, Json>,
    pub(super) content: Content<'a>,
}

/// What paths lead to.
pub(super) enum Content<'a> {
    Figures(Figures<'a>),
    /// The best documents.
    Hits(Box<FoundHits<'a>>),
    /// One bucket.
    Bucket {
        count: u64,
        inner: Vec<NamedAnswer<'a>>,
    },
    Buckets(BucketAnswers<'a>),
}

/// The figures of an aggregation without buckets, by the rest of the path.
pub(super) struct Figures<'a>(Box<ReadFigure<'a>>);

/// The figure that the rest of a path leads to.
type ReadFigure<'a> = dyn Fn(&[&str]) -> Result<f64, MetricError> + Send + Sync + 'a;

impl Figures<'_> {
    pub(super) fn of(&self, path: &[&str]) -> Result<f64, MetricError> {
        (self.0)(path)
    }
}

/// The result of an aggregation or of a pipeline, with its name.
pub(super) struct NamedAnswer<'a> {
    pub(super) name: String,
    pub(super) type_name: &'static str,
    pub(super) meta: Option<Map<String, Json>>,
    pub(super) answer: Answer<'a>,
}

/// The buckets of one aggregation.
pub(super) struct BucketAnswers<'a> {
    pub(super) buckets: Vec<BucketAnswer<'a>>,
    pub(super) style: Style,
}

/// How buckets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    List,
    /// An object with their names as keys.
    Object,
}

impl Style {
    /// Reads the key `keyed`.
    pub(super) fn parse(keyed: &Node<'_>) -> Result<Self, ParseError> {
        Ok(if keyed.boolean()? { Style::Object } else { Style::List })
    }
}

/// One bucket.
pub(super) struct BucketAnswer<'a> {
    /// Its name, if that is not its shown key.
    pub(super) name: Option<String>,
    pub(super) key: BucketKey,
    pub(super) count: u64,
    /// What the response shows of it, without the aggregations inside.
    pub(super) shown: Map<String, Json>,
    pub(super) inner: Vec<NamedAnswer<'a>>,
}

/// What `_key` is in a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BucketKey {
    Number(f64),
    /// Milliseconds.
    Date(i64),
    Text(String),
    /// Several values; keys compare like these numbers.
    Rank(usize),
    None,
}

impl<'a> Answer<'a> {
    /// Of an aggregation without buckets.
    pub(super) fn with_figures(
        shown: Map<String, Json>,
        read: impl Fn(&[&str]) -> Result<f64, MetricError> + Send + Sync + 'a,
    ) -> Self {
        Answer { shown, content: Content::Figures(Figures(Box::new(read))) }
    }

    /// Of an aggregation with buckets.
    pub(super) fn from_buckets(shown: Map<String, Json>, buckets: Vec<BucketAnswer<'a>>, style: Style) -> Self {
        Answer { shown, content: Content::Buckets(BucketAnswers { buckets, style }) }
    }

    fn into_shown(self, writing: &mut Writing<'_>) -> ShownObject {
        let mut object = ShownObject::new(self.shown);
        match self.content {
            Content::Figures(_) => {}
            Content::Hits(hits) => {
                let hits = Shown::Hits(Box::new(hits.into_shown(writing.fetched)));
                object.extend([("hits".to_owned(), hits)]);
            }
            Content::Bucket { inner, .. } => write_into(inner, writing, &mut object),
            Content::Buckets(BucketAnswers { buckets, style }) => {
                let buckets = match style {
                    Style::List => Shown::List(buckets.into_iter().map(|bucket| bucket.into_shown(writing)).collect()),
                    Style::Object => Shown::Object(by_name(buckets, writing)),
                };
                object.extend([("buckets".to_owned(), buckets)]);
            }
        }
        object
    }
}

impl BucketAnswer<'_> {
    /// Its name: the key as a text.
    pub(super) fn name(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        match (self.shown.get("key_as_string"), self.shown.get("key")) {
            (Some(Json::String(text)), _) | (None, Some(Json::String(text))) => text.clone(),
            (_, Some(Json::Number(number))) if number.is_f64() => number.as_f64().map_or_else(String::new, float_text),
            (_, Some(json)) => json.to_string(),
            _ => String::new(),
        }
    }

    fn into_shown(self, writing: &mut Writing<'_>) -> ShownObject {
        let mut object = ShownObject::new(self.shown);
        write_into(self.inner, writing, &mut object);
        object
    }
}

/// Buckets by their names; the last of several with the same name.
fn by_name(buckets: Vec<BucketAnswer<'_>>, writing: &mut Writing<'_>) -> ShownObject {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(buckets.len());
    let mut entries: Vec<(String, Shown)> = Vec::with_capacity(buckets.len());
    for bucket in buckets {
        let name = bucket.name();
        let shown = Shown::Object(bucket.into_shown(writing));
        match places.get(&name) {
            Some(place) => entries[*place].1 = shown,
            None => {
                places.insert(name.clone(), entries.len());
                entries.push((name, shown));
            }
        }
    }
    let mut object = ShownObject::default();
    object.extend(entries);
    object
}

/// What answers are written with.
pub(super) struct Writing<'a> {
    pub(super) keys: KeyStyle,
    pub(super) fetched: &'a mut FetchedHits,
}

/// Writes the answers of one level into an object of the response.
pub(super) fn write_into(answers: Vec<NamedAnswer<'_>>, writing: &mut Writing<'_>, object: &mut ShownObject) {
    // What the bucket itself shows, which an aggregation of the same name hides.
    let own = object.len();
    for NamedAnswer { name, type_name, meta, answer } in answers {
        let mut shown = ShownObject::default();
        if let Some(meta) = meta {
            shown.extend([("meta".to_owned(), Shown::Json(Json::Object(meta)))]);
        }
        shown.append(answer.into_shown(writing));
        object.set(writing.keys.key(type_name, &name), Shown::Object(shown), own);
    }
}
