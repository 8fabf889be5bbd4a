//! Fetching: reads what a response has of each hit. Each file here is one part of it.
//!
//! A [`FetchPlan`] says what is read of the hits, of any list of them, for one index; mistakes in it are found before anything is
//! searched. Everything that the hits need (their sources, and the columns of the splits that they are in) is read together.

mod column_value;
mod fetch_context;
mod field_value;
mod highlight;
mod plan;
mod script_value;
mod segment_columns;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use quidditch_index::{PRIMARY_TERM, ReadSession, Snapshot, StoredDocument, View};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use tantivy::{DocAddress, DocId, SegmentOrdinal, TantivyError};

use crate::Error;
use crate::collect::{GroupKey, Hit, SortOrder, SortValue};
use crate::explanation::Explanation;
use crate::hits::HitDocument;
use crate::nested::NestedPlace;
use crate::places::Places;
use crate::progress::Progress;
use crate::request::SourceFilter;
use crate::scores::Scores;
use segment_columns::SegmentColumns;

pub(crate) use fetch_context::FetchContext;
pub(crate) use plan::FetchPlan;

/// The hits of a response.
pub(crate) struct Page<'a> {
    pub(crate) hits: &'a [Hit],
    /// What they were sorted by; `None` is by score.
    pub(crate) order: Option<&'a SortOrder>,
    /// Where they are in their documents, if they are nested objects.
    pub(crate) places: Option<&'a Places>,
    /// The field by which they are collapsed.
    pub(crate) group_field: Option<&'a str>,
    /// Explains the score of a document; `None` if the request does not ask for it.
    pub(crate) explain: Option<&'a (dyn Fn(DocAddress) -> Result<Explanation, Error> + Sync)>,
    /// Whether they have scores.
    pub(crate) scores: Scores,
    /// Whether there is time left.
    pub(crate) progress: &'a Progress,
    /// Most bytes of their sources, values, ids, sort values, explanations and names of queries together.
    pub(crate) max_bytes: u64,
    /// Those of hits of the same response that were fetched already: from other indices, or that contain these hits.
    pub(crate) fetched_bytes: &'a AtomicU64,
}

/// Fetches documents, all together, so that they can be read without waiting.
///
/// # Errors
/// [`Error::TimedOut`], and the errors of reading.
pub(crate) async fn fetch_ahead(
    addresses: &[DocAddress],
    view: &View,
    progress: &Progress,
    reads: &ReadSession,
) -> Result<(), Error> {
    reads
        .run(|| {
            // All are tried, so that what is missing of any of them is fetched together.
            let mut missing = None;
            for address in addresses {
                progress.check_fetch_time()?;
                if let Err(error) = view.stored(*address) {
                    missing = Some(error);
                }
            }
            missing.map_or(Ok(()), |error| Err(Error::from(error)))
        })
        .await
}

/// Reads the hits, all together, and makes the hits of the response of them.
///
/// # Errors
/// [`Error::HitsTooLarge`], before more than the allowed bytes are in memory; [`Error::Function`] if a script fails;
/// [`Error::TimedOut`].
pub(crate) async fn fetch(
    snapshot: &Snapshot,
    view: &View,
    plan: &FetchPlan<'_>,
    page: &Page<'_>,
    reads: &ReadSession,
) -> Result<Vec<HitDocument>, Error> {
    reads.run(|| documents(snapshot, view, plan, page)).await
}

/// The same without waiting, within a [`ReadSession::run`].
pub(crate) fn documents(
    snapshot: &Snapshot,
    view: &View,
    plan: &FetchPlan<'_>,
    page: &Page<'_>,
) -> Result<Vec<HitDocument>, Error> {
    let address = |hit: &Hit| {
        view.address(hit.document).ok_or_else(|| {
            let split = hit.document.split;
            TantivyError::InvalidArgument(format!("split {split} of a hit is not open"))
        })
    };
    let addresses = page.hits.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    Fetcher { snapshot, view, plan, page }.documents(&addresses)
}

struct Fetcher<'a> {
    snapshot: &'a Snapshot,
    view: &'a View,
    plan: &'a FetchPlan<'a>,
    page: &'a Page<'a>,
}

/// The columns of the segments that have hits.
type Columns<'a> = BTreeMap<SegmentOrdinal, SegmentColumns<'a>>;

impl<'a> Fetcher<'a> {
    fn documents(&self, addresses: &[DocAddress]) -> Result<Vec<HitDocument>, Error> {
        let max_bytes = self.page.max_bytes;
        let mut documents = Vec::new();
        let mut bytes = self.page.fetched_bytes.load(Relaxed);
        let (mut columns, mut missing) = self.open_columns(addresses);
        for (hit, address) in self.page.hits.iter().zip(addresses) {
            if missing.is_some() {
                // Only to record what is missing: it is fetched together, and then the documents are read from the start.
                let _ = self.stored(*address);
                continue;
            }
            self.page.progress.check_fetch_time()?;
            match self.document(hit, *address, &mut columns) {
                Ok(document) => {
                    bytes += document_bytes(&document);
                    if bytes > max_bytes {
                        return Err(Error::HitsTooLarge { max_bytes });
                    }
                    documents.push(document);
                }
                Err(error) => missing = Some(error),
            }
        }
        match missing {
            Some(error) => Err(error),
            None => {
                self.page.fetched_bytes.store(bytes, Relaxed);
                Ok(documents)
            }
        }
    }

    /// Opens the columns of all segments that have hits. The error is the first of several: all are tried, so that missing bytes
    /// are known at once.
    fn open_columns(&self, addresses: &[DocAddress]) -> (Columns<'a>, Option<Error>) {
        let mut columns = BTreeMap::new();
        let mut missing = None;
        if !self.plan.reads_columns() {
            return (columns, missing);
        }
        for DocAddress { segment_ord, .. } in addresses {
            if missing.is_none() && columns.contains_key(segment_ord) {
                continue;
            }
            match SegmentColumns::open(self.plan, self.view.searcher().segment_reader(*segment_ord)) {
                Ok(opened) => _ = columns.insert(*segment_ord, opened),
                Err(error) => missing = Some(error),
            }
        }
        (columns, missing)
    }

    fn document(&self, hit: &Hit, address: DocAddress, columns: &mut Columns<'_>) -> Result<HitDocument, Error> {
        let Page { order, scores, explain, .. } = *self.page;
        let plan = self.plan;
        let Stored { document: stored, root, place, object } = self.stored(address)?;
        let mut fields = Map::new();
        let mut revision = None;
        if let Some(columns) = columns.get_mut(&address.segment_ord) {
            revision = columns.revision(root);
            columns.add_values(address.doc_id, &stored.id, self.snapshot.name(), &mut fields)?;
        }
        for (name, value) in self.group_field(hit) {
            fields.entry(name).or_insert(value);
        }
        let mut highlight = Map::new();
        if plan.reads_source() {
            let source: Map<String, Json> =
                serde_json::from_str(object.as_deref().unwrap_or(&stored.source)).map_err(|error| damaged(&error))?;
            for field in &plan.fields {
                fields.insert(field.name().to_owned(), Json::Array(field.values(&source)));
            }
            for field in &plan.highlights {
                let fragments = field.fragments(self.snapshot, &stored.id, &source)?;
                if !fragments.is_empty() {
                    highlight.insert(field.name().to_owned(), fragments.into());
                }
            }
        }
        // A field without a value is not shown.
        fields.retain(|_, values| !values.as_array().is_some_and(Vec::is_empty));
        // Clients expect a nested object to have no sequence number.
        let shows_seq_no = plan.revision.seq_no && place.is_none();
        let source = match &place {
            None => plan.source.apply(stored.source),
            Some(place) => object_source(&plan.source, &object.unwrap_or_default(), place),
        };
        let source = source.map_err(|error| damaged(&error))?;
        Ok(HitDocument {
            index: self.snapshot.name().to_owned(),
            version: revision.filter(|_| plan.revision.version).map(|revision| revision.version),
            seq_no: revision.filter(|_| shows_seq_no).map(|revision| revision.seq_no),
            primary_term: shows_seq_no.then_some(PRIMARY_TERM),
            id: if plan.shows_id { stored.id } else { String::new() },
            nested: place,
            ignored: stored.ignored,
            score: (scores == Scores::Needed).then_some(hit.score),
            source,
            matched_queries: None,
            inner_hits: None,
            fields,
            highlight,
            explanation: explain.map(|explain| explain(address)).transpose()?,
            sort: order.map(|order| order.values(&hit.keys)).unwrap_or_default(),
        })
    }

    /// Reads a document, or that of a nested object.
    fn stored(&self, address: DocAddress) -> Result<Stored, Error> {
        let Some(places) = self.page.places else {
            let root = address.doc_id;
            return Ok(Stored { document: self.view.stored(address)?, root, place: None, object: None });
        };
        let segment = self.view.searcher().segment_reader(address.segment_ord);
        let (root, place) = places.of(segment, address.doc_id)?;
        let mut document = self.view.stored(DocAddress::new(address.segment_ord, root))?;
        // The fields that left out a value are those of the whole document.
        document.ignored.clear();
        let object = match &place {
            Some(place) => Some(around_object(&document.source, place).map_err(|error| damaged(&error))?),
            None => None,
        };
        Ok(Stored { document, root, place, object })
    }

    /// The value of the group of a collapsed hit.
    fn group_field(&self, hit: &Hit) -> Map<String, Json> {
        let value = hit.group.as_ref().and_then(GroupKey::json);
        match (self.page.group_field, value) {
            (Some(field), Some(value)) => Map::from_iter([(field.to_owned(), json!([value]))]),
            _ => Map::new(),
        }
    }
}

/// A document as it was added.
struct Stored {
    document: StoredDocument,
    /// The number of the document in its segment, which for a nested object is that of the document around it.
    root: DocId,
    /// Where the hit is in it, if it is a nested object.
    place: Option<NestedPlace>,
    /// The text of a document that has only this object.
    object: Option<String>,
}

/// The text of a document that has only one nested object, without a list around it.
fn around_object(document: &str, place: &NestedPlace) -> serde_json::Result<String> {
    let object = place.find(document)?.map_or("{}", RawValue::get);
    let path = place.path();
    let mut text = String::new();
    for key in path.split('.') {
        text += &format!("{{{}:", Json::from(key));
    }
    text += object;
    text.extend(path.split('.').map(|_| '}'));
    Ok(text)
}

/// The wanted part of a nested object. Names in a filter are full names.
fn object_source(
    filter: &SourceFilter,
    document: &str,
    place: &NestedPlace,
) -> serde_json::Result<Option<Box<RawValue>>> {
    let Some(mut source) = filter.apply(document.to_owned())? else { return Ok(None) };
    for key in place.path().split('.') {
        let mut entries: BTreeMap<String, Box<RawValue>> = serde_json::from_str(source.get())?;
        source = match entries.remove(key) {
            Some(inner) => inner,
            None => return RawValue::from_string("{}".to_owned()).map(Some),
        };
    }
    Ok(Some(source))
}

fn damaged(error: &serde_json::Error) -> TantivyError {
    TantivyError::InternalError(format!("a stored source is not JSON: {error}"))
}

/// Bytes that count for the limit.
fn document_bytes(document: &HitDocument) -> u64 {
    let source = document.source.as_ref().map_or(0, |source| source.get().len());
    let sort: usize = document.sort.iter().map(SortValue::bytes).sum();
    let members = document.fields.iter().chain(&document.highlight);
    let members: usize = members.map(|(name, values)| name.len() + json_bytes(values)).sum();
    let explanation = document.explanation.as_ref().map_or(0, Explanation::bytes);
    (source + document.id.len() + sort + members + explanation) as u64
}

/// About as many bytes as a value has in a response.
fn json_bytes(value: &Json) -> usize {
    match value {
        Json::Null | Json::Bool(_) => 4,
        Json::Number(_) => 8,
        Json::String(text) => text.len() + 2,
        Json::Array(items) => items.iter().map(json_bytes).sum::<usize>() + 2,
        Json::Object(entries) => entries.iter().map(|(key, value)| key.len() + json_bytes(value)).sum::<usize>() + 2,
    }
}
