//! Runs the stored queries of an index over the documents of a `percolate` query, before the query is planned.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use quidditch_index::{Cost, Field, FieldKind, ReadSession, Similarity, Snapshot, SnapshotDocument};
use serde_json::{Map, Value as Json, json};
use tantivy::index::SegmentId;
use tantivy::{DocId, Score};

use crate::Error;
use crate::collect::Hit;
use crate::engine::{Engine, Found};
use crate::inner_hits::FoundGroups;
use crate::json::ErrorKind;
use crate::percolate_context::PercolateContext;
use crate::percolation::{PercolatedDocuments, Percolation};
use crate::plan::{Mappings, Percolated, PercolatedMatch, ShownMatch};
use crate::request::TotalHits;
use crate::search_request::SearchRequest;
use crate::search_target::SearchTarget;
use crate::source_paths::values_at;
use crate::stored_query::parse_stored_query;

/// A boxed future: percolating runs searches, which may percolate, and the compiler rejects recursive futures that are not boxed.
/// WebAssembly has one thread, so the future need not be `Send` there.
#[cfg(not(target_family = "wasm"))]
type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
#[cfg(target_family = "wasm")]
type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A document with a stored query.
struct Candidate {
    segment: SegmentId,
    doc: DocId,
    query: Map<String, Json>,
}

/// The documents of a request, indexed.
struct IndexedDocuments {
    snapshot: Snapshot,
    /// The place of each in the request.
    slots: BTreeMap<SnapshotDocument, usize>,
    cost: Arc<Cost>,
}

/// One of them that matches.
struct FoundDocument {
    document: SnapshotDocument,
    score: Score,
    /// What of it matches, by fields.
    highlight: Map<String, Json>,
}

/// What hits show of the documents.
struct Shown<'a> {
    /// What is shown of what matches.
    highlight: Option<&'a Json>,
    /// How many `percolate` queries show something.
    percolations: usize,
}

impl Engine {
    /// Finds what each of the `percolate` queries matches.
    ///
    /// # Errors
    /// [`Error::Argument`] if documents cannot be indexed here, or if there are too many stored queries; [`Error::MissingDocument`]; a
    /// document that the index cannot have; and the errors of a search.
    pub(crate) fn percolate<'a>(
        &'a self,
        context: PercolateContext<'a>,
        request: &'a SearchRequest,
    ) -> Work<'a, Result<Vec<Percolated>, Error>> {
        Box::pin(async move {
            let mut all = Vec::with_capacity(request.percolations.len());
            for (number, percolation) in request.percolations.iter().enumerate() {
                let is_shown = number < request.shown_percolations;
                let highlight = request.fetch.highlight_json().filter(|_| is_shown);
                let shown = Shown { highlight, percolations: request.shown_percolations };
                all.push(self.percolate_one(&context, percolation, &shown).await?);
            }
            Ok(all)
        })
    }

    async fn percolate_one(
        &self,
        of: &PercolateContext<'_>,
        percolation: &Percolation,
        shown: &Shown<'_>,
    ) -> Result<Percolated, Error> {
        let snapshot = of.target.snapshot;
        let field = percolator(snapshot, &percolation.field)?;
        let documents = match &percolation.documents {
            PercolatedDocuments::Given(documents) => Cow::Borrowed(&documents[..]),
            PercolatedDocuments::Stored { lookup, index, id } => match of.documents.source(*lookup) {
                Some(document) => Cow::Owned(vec![document.clone()]),
                None => return Err(Error::MissingDocument { index: index.clone(), id: id.clone() }),
            },
        };
        let indexed = self.index_documents(of, &documents).await?;
        let (mut matches, mut bytes) = (Vec::new(), 0);
        for candidate in self.candidates(of, field).await? {
            if self.monotonic() >= of.allowance.deadline {
                // The search that comes next says that the time is up.
                break;
            }
            let mut request = parse_stored_query(&candidate.query, shown.highlight, self.limits())?;
            request.size = documents.len();
            let found = self.found_among(of, &indexed, &request).await?;
            let Some(score) = found.first().map(|best| best.score) else { continue };
            let (mut slots, mut highlight) = (Vec::with_capacity(found.len()), Map::new());
            for FoundDocument { document, highlight: fields, .. } in found {
                let Some(slot) = indexed.slots.get(&document).copied() else { continue };
                slots.push(slot);
                for (field, fragments) in fields {
                    bytes += fragments.to_string().len() as u64;
                    highlight.insert(percolation.highlight_name(slot, &field, shown.percolations), fragments);
                }
            }
            if bytes > self.limits().max_hits_bytes {
                return Err(Error::HitsTooLarge { max_bytes: self.limits().max_hits_bytes });
            }
            slots.sort_unstable();
            let Candidate { segment, doc, .. } = candidate;
            matches.push(PercolatedMatch { segment, doc, score, shown: ShownMatch { slots, highlight } });
        }
        Ok(Percolated::new(matches))
    }

    /// Indexes the documents in memory.
    async fn index_documents(
        &self,
        of: &PercolateContext<'_>,
        documents: &[Map<String, Json>],
    ) -> Result<IndexedDocuments, Error> {
        let Some(indexer) = self.document_indexer() else {
            return Err(Error::Argument(
                "[percolate] queries are not supported here: this host only reads indices, and cannot index documents"
                    .to_owned(),
            ));
        };
        let snapshot = indexer.index(of.target.snapshot, documents).await?;
        let snapshot = snapshot.with_similarity(Similarity::OfPercolatedDocuments);
        // What is read in memory costs nothing.
        let mut indexed = IndexedDocuments { snapshot, slots: BTreeMap::new(), cost: Arc::default() };
        let mut all = SearchRequest::parse(r#"{"sort": ["_doc"], "_source": false}"#, &[], self.limits())?;
        all.size = documents.len();
        let found = self.found_among(of, &indexed, &all).await?;
        indexed.slots = found.iter().enumerate().map(|(slot, found)| (found.document, slot)).collect();
        Ok(indexed)
    }

    /// The documents that are indexed in memory and match a request, the best first.
    async fn found_among(
        &self,
        of: &PercolateContext<'_>,
        indexed: &IndexedDocuments,
        request: &SearchRequest,
    ) -> Result<Vec<FoundDocument>, Error> {
        let IndexedDocuments { snapshot, cost, .. } = indexed;
        let (target, reads) = (SearchTarget::whole(snapshot), self.reads(snapshot, cost));
        let mappings = Mappings::default();
        let resolved = self.resolve_target(&target, mappings, request, of.functions, of.allowance, cost).await?;
        let dry_run = resolved.dry_run()?;
        if dry_run.selected.is_empty() {
            return Ok(Vec::new());
        }
        let view = resolved.open(&dry_run, &reads).await?;
        let (plan, result) = self.execute(&resolved, &dry_run, &view, &reads).await?;
        let hits = result.page(request);
        let found = |hit: &Hit| FoundDocument { document: hit.document, score: hit.score, highlight: Map::new() };
        let mut all: Vec<FoundDocument> = hits.iter().map(found).collect();
        if request.fetch.highlight.is_some() && !all.is_empty() {
            let found = Found { result: &result, groups: FoundGroups::default(), answers: None };
            let response = self.respond(&resolved, &plan, &view, found, &reads).await?;
            for (found, hit) in all.iter_mut().zip(response.hits.hits) {
                found.highlight = hit.highlight;
            }
        }
        Ok(all)
    }

    /// The documents of the index that have a stored query in a field.
    async fn candidates(&self, of: &PercolateContext<'_>, field: &Field) -> Result<Vec<Candidate>, Error> {
        let name = field.name();
        let body = json!({ "query": { "exists": { "field": name } }, "sort": ["_doc"], "_source": [name], "size": 0 });
        let mut request = SearchRequest::parse(&body.to_string(), &[], self.limits())?;
        let max_queries = self.limits().max_percolated_queries;
        (request.size, request.total_hits) = (max_queries, Some(TotalHits::Exact));
        let target = SearchTarget { behind: None, ..of.target };
        let reads: ReadSession = self.reads(target.snapshot, of.cost);
        let mappings = Mappings::default();
        let resolved = self.resolve_target(&target, mappings, &request, of.functions, of.allowance, of.cost).await?;
        let dry_run = resolved.dry_run()?;
        if dry_run.selected.is_empty() {
            return Ok(Vec::new());
        }
        let view = resolved.open(&dry_run, &reads).await?;
        let (plan, result) = self.execute(&resolved, &dry_run, &view, &reads).await?;
        let count = result.matched();
        if count > max_queries as u64 {
            return Err(Error::Argument(format!(
                "[percolate] would run the {count} stored queries of [{name}]; at most {max_queries} are allowed"
            )));
        }
        let found = Found { result: &result, groups: FoundGroups::default(), answers: None };
        let response = self.respond(&resolved, &plan, &view, found, &reads).await.map_err(|error| match error {
            Error::HitsTooLarge { max_bytes } => {
                Error::Argument(format!("the stored queries of [{name}] have more than [{max_bytes}] bytes"))
            }
            error => error,
        })?;
        let mut candidates = Vec::with_capacity(response.hits.hits.len());
        for (hit, document) in result.page(&request).iter().zip(response.hits.hits) {
            let source = document.source.as_ref().and_then(|source| serde_json::from_str(source.get()).ok());
            let query = source.and_then(|source: Map<String, Json>| query_in(&values_at(&source, name)).cloned());
            if let (Some(query), Some(address)) = (query, view.address(hit.document)) {
                let segment = view.searcher().segment_reader(address.segment_ord).segment_id();
                candidates.push(Candidate { segment, doc: address.doc_id, query });
            }
        }
        Ok(candidates)
    }
}

/// The field that has stored queries.
fn percolator<'a>(snapshot: &'a Snapshot, name: &str) -> Result<&'a Field, Error> {
    let refused = |reason| Err(Error::Shard { kind: ErrorKind::Query, reason });
    let mapping = snapshot.mapping();
    match mapping.field(name) {
        None => refused(format!("field [{name}] does not exist")),
        Some(field) if *field.kind() != FieldKind::Percolator => {
            let kind = field.kind().type_name();
            refused(format!("expected field [{name}] to be of type [percolator], but is of type [{kind}]"))
        }
        Some(field) if mapping.scope_of(field.name()) != 0 => {
            refused(format!("field [{name}] is in a nested object, whose queries cannot be found"))
        }
        Some(field) => Ok(field),
    }
}

/// The first object of some values: there is only one.
fn query_in<'a>(values: &[&'a Json]) -> Option<&'a Map<String, Json>> {
    values.iter().find_map(|value| match value {
        Json::Object(query) => Some(query),
        Json::Array(items) => query_in(&items.iter().collect::<Vec<_>>()),
        _ => None,
    })
}
