//! What clauses are planned with: the index, the bound functions, and the running search.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use quidditch_function::ColumnKind;
use quidditch_index::{DateError, Field, FieldKind, InvalidValue, Mapping, Snapshot};
use tantivy::query::{Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use super::expansion::Expansion;
use super::mappings::Mappings;
use super::percolated::Percolated;
use super::unmapped_fields::UnmappedFields;
use crate::Error;
use crate::columns::{ColumnError, ColumnSource, ComputedField, ComputedFields, PointSource};
use crate::functions::{BoundCall, ChainStage, FilterFunction, FunctionColumn, ScorerFunction};
use crate::json::{ErrorKind, Node, ParseError};
use crate::lookups::LookedUp;
use crate::nested::{NestedScope, NestedSets, ScopeDocuments, ScopeQuery, not_nested};
use crate::progress::Progress;
use crate::scores::{
    ConstantQuery, LoosePhrase, PhraseWord, ScoredPhrase, ScoredSynonyms, ScoredTerm, Scores, Scoring,
    blended_frequencies, statistics_term,
};
use crate::stages::{ChainedScorer, InputOfLater, ScorerChain};
use crate::terms::{PatternTerm, PatternTerms};
use crate::warmup::{TermUse, WarmupRecorder};

/// Everything that a clause may look at while it is planned.
pub(crate) struct Planner<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// Those of all indices of the request.
    pub(crate) mappings: Mappings<'a>,
    /// What the query is planned to run over. `None` in a dry run, which only records what the query will read.
    pub(crate) searcher: Option<&'a Searcher>,
    pub(crate) warmup: WarmupRecorder,
    /// The functions that the request calls, in the order in which they were parsed.
    pub(crate) calls: &'a [BoundCall],
    /// Which of them clauses call one after another, in the order in which these were parsed.
    pub(crate) chains: &'a [Vec<ChainStage>],
    /// The documents that queries name.
    pub(crate) documents: &'a LookedUp,
    /// What the `percolate` queries match, in the order in which they were parsed.
    pub(crate) percolated: &'a [Percolated],
    pub(crate) unmapped: &'a UnmappedFields,
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    /// The fields that the request computes. They hide fields of the mapping.
    pub(crate) computed: &'a ComputedFields,
    pub(crate) progress: &'a Arc<Progress>,
    /// What clauses may still become.
    pub(crate) expansion: Expansion,
    /// A computed field where the request must not have one.
    pub(crate) misplaced: RefCell<Option<String>>,
    /// Whether the aggregations that were planned so far read computed columns, and if they do, whether these need scores.
    pub(crate) aggregated: Cell<Option<Scores>>,
    /// Which documents what is planned is about.
    pub(crate) scope: Cell<NestedScope>,
    pub(crate) nested_sets: &'a Arc<NestedSets>,
}

/// What a query for points does if the mapping does not have its field: `ignore_unmapped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnmappedField {
    Fails,
    MatchesNothing,
}

impl UnmappedField {
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Ok(if node.boolean()? { UnmappedField::MatchesNothing } else { UnmappedField::Fails })
    }
}

impl Planner<'_> {
    /// A planner whose plans are thrown away. It finds the mistakes of clauses that need not be evaluated: whether a query is valid
    /// does not depend on what is asked of its matches.
    pub(crate) fn checking(&self) -> Planner<'_> {
        let (warmup, expansion) = (WarmupRecorder::default(), self.expansion.fresh());
        Planner {
            searcher: None,
            warmup,
            expansion,
            misplaced: RefCell::default(),
            aggregated: Cell::default(),
            scope: self.scope.clone(),
            ..*self
        }
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        self.snapshot.mapping()
    }

    /// Counts the parts that a clause becomes: the terms of a text, the dates of a list, the fields of a pattern.
    pub(crate) fn expand(&self, parts: usize) -> Result<(), Error> {
        self.expansion.take(parts)
    }

    /// Plans something about the documents of another scope.
    pub(crate) fn within<T>(&self, scope: NestedScope, plan: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let around = self.scope.replace(scope);
        let planned = plan();
        self.scope.set(around);
        planned
    }

    /// The documents of a scope, which will be read.
    pub(crate) fn scope_documents(&self, scope: NestedScope) -> ScopeDocuments {
        let documents = ScopeDocuments::new(scope, self.mapping(), self.nested_sets);
        documents.terms().for_each(|term| self.warmup.term(term));
        documents
    }

    /// The documents of the index, which will be read, if the scope that is planned for is that of nested objects.
    pub(crate) fn roots_of_objects(&self) -> Option<ScopeDocuments> {
        matches!(self.scope.get(), NestedScope::Objects(_)).then(|| self.scope_documents(NestedScope::Root))
    }

    /// All documents of the scope that is planned for; `None` if these are all documents.
    pub(crate) fn scope_query(&self) -> Option<Box<dyn Query>> {
        if !self.mapping().has_nested() {
            return None;
        }
        Some(Box::new(ScopeQuery::new(self.scope_documents(self.scope.get()))))
    }

    /// The scope of the objects of a nested path.
    pub(crate) fn nested_scope(&self, path: &str) -> Result<NestedScope, Error> {
        match self.mapping().object_index(path) {
            Some(index) if self.mapping().object(index).nested().is_some() => Ok(NestedScope::from_index(index)),
            _ => Err(not_nested(self.mapping(), path)),
        }
    }

    /// A field of the mapping. Clients rely on this: a field that no document has yet matches nothing and is not an error.
    ///
    /// A query that supports computed fields calls [`Planner::computed`] first. In others, naming one is an error.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        if self.computed.contains(name) {
            self.misplaced.replace(Some(name.to_owned()));
        }
        let field = self.mapping().field(name);
        if field.is_none() {
            self.unmapped.note(name, self.mapping());
        }
        field
    }

    /// The points of a field; `None` if the mapping does not have it and that is accepted.
    pub(crate) fn geo_field(&self, name: &str, unmapped: UnmappedField) -> Result<Option<PointSource>, Error> {
        if let Some(points) = self.computed.points(name) {
            return Ok(Some(points.clone()));
        }
        match (self.field(name), unmapped) {
            (Some(field), _) => Ok(Some(self.points(field)?)),
            (None, UnmappedField::MatchesNothing) => Ok(None),
            (None, UnmappedField::Fails) => Err(Error::Query(format!("failed to find geo field [{name}]"))),
        }
    }

    /// A field that the request computes.
    pub(crate) fn computed(&self, name: &str) -> Option<&Arc<ComputedField>> {
        self.computed.get(name)
    }

    /// What a call that was parsed to compute values computes, as the values of a field.
    pub(crate) fn call_values(&self, call: usize) -> Arc<ComputedField> {
        FunctionColumn::unnamed(self.calls[call].values(), self.progress)
    }

    /// Records that an aggregation will read a computed column.
    pub(crate) fn will_aggregate(&self, computed: &ComputedField) {
        let needs_scores = computed.column.needs_scores() || self.aggregated.get() == Some(Scores::Needed);
        self.aggregated.set(Some(if needs_scores { Scores::Needed } else { Scores::Ignored }));
    }

    /// Whether all computed fields are used where they can be.
    pub(crate) fn check_computed(&self) -> Result<(), Error> {
        match self.misplaced.take() {
            None => Ok(()),
            Some(name) => Err(Error::Query(format!(
                "field [{name}] is computed by the request: it can be used in [term], [terms], [range], [exists], [prefix], \
                 [wildcard], [regexp], [match] and [match_phrase] queries, in [field_value_factor], in [sort] and in aggregations of \
                 numbers, dates and terms; points in [geo_distance], [geo_bounding_box] and [geo_polygon] queries"
            ))),
        }
    }

    /// The values of a computed column as floats; `None` if they are not numbers.
    pub(crate) fn computed_floats(&self, computed: &ComputedField) -> Option<ColumnSource> {
        ColumnSource::computed(&computed.column, ColumnKind::Floats, self.progress.memory())
    }

    /// Documents with a term of a field, scored by how rare it is.
    pub(crate) fn scored_term(&self, field: &Field, term: Term, scoring: Scoring) -> Box<dyn Query> {
        if field.scores_equally() {
            let matches = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            return Box::new(ConstantQuery::new(matches, scoring.boost()));
        }
        Box::new(self.term_score(field, term, scoring))
    }

    /// Documents with one of several terms of a field, scored as if these were one term.
    pub(crate) fn scored_synonyms(&self, field: &Field, terms: Vec<Term>, scoring: Scoring) -> Box<dyn Query> {
        let synonyms = ScoredSynonyms::new(self.snapshot, field, terms, scoring.boost());
        if field.scores_equally() {
            return Box::new(ConstantQuery::new(Box::new(synonyms), scoring.boost()));
        }
        Box::new(synonyms)
    }

    /// The same for who wants to change how rare the term is.
    pub(crate) fn term_score(&self, field: &Field, term: Term, scoring: Scoring) -> ScoredTerm {
        ScoredTerm::new(self.snapshot, field, term, scoring.boost())
    }

    /// One word in several fields: a query for each, as rare as if they were one field.
    pub(crate) fn blended_terms(&self, terms: Vec<(&Field, Term, Scoring)>) -> Result<Vec<Box<dyn Query>>, Error> {
        let are_scored = terms.iter().any(|(_, _, scoring)| scoring.scores == Scores::Needed);
        let frequencies = match self.searcher {
            Some(searcher) if are_scored && terms.len() > 1 => {
                let of_fields: Vec<_> = terms.iter().map(|(field, term, _)| (*field, term)).collect();
                blended_frequencies(self.snapshot, searcher, &of_fields)?.into_iter().map(Some).collect()
            }
            _ => vec![None; terms.len()],
        };
        let queries = terms.into_iter().zip(frequencies).map(|((field, term, scoring), frequency)| {
            let query = self.term_score(field, term, scoring);
            let query = match frequency {
                Some(frequency) => query.with_matching(frequency),
                None => query,
            };
            Box::new(query) as Box<dyn Query>
        });
        Ok(queries.collect())
    }

    /// Documents with at least two words at these positions to each other, give or take `slop` positions, scored by how rare they
    /// are.
    pub(crate) fn scored_phrase(
        &self,
        field: &Field,
        mut words: Vec<PhraseWord>,
        slop: u32,
        scoring: Scoring,
    ) -> Box<dyn Query> {
        if field.scores_equally() {
            let matches = Box::new(LoosePhrase::new(self.snapshot, field, words, slop, scoring.boost()));
            return Box::new(ConstantQuery::new(matches, scoring.boost()));
        }
        let is_exact = slop == 0 && words.iter().all(|word| word.terms.len() == 1);
        if !is_exact {
            return Box::new(LoosePhrase::new(self.snapshot, field, words, slop, scoring.boost()));
        }
        let terms = words.iter_mut().filter_map(|word| Some((word.position, word.terms.pop()?))).collect();
        Box::new(ScoredPhrase::new(self.snapshot, field, terms, scoring.boost()))
    }

    /// The terms of a field that match a pattern; `None` in a dry run, which records that they will be looked up, and what will be
    /// read of their postings.
    pub(crate) fn pattern_terms(
        &self,
        field: &Field,
        terms: PatternTerms,
        term_use: TermUse,
    ) -> Result<Option<Vec<PatternTerm>>, Error> {
        if let Some(searcher) = self.searcher {
            return Ok(Some(terms.find(searcher.segment_readers())?));
        }
        if let Some(term) = statistics_term(self.snapshot, field) {
            self.warmup.term(term);
        }
        self.warmup.pattern_terms(terms, term_use);
        Ok(None)
    }

    /// A numeric field as floats, for built-in scorers.
    pub(crate) fn floats(&self, field: &str) -> Result<ColumnSource, Error> {
        if let Some(computed) = self.computed(field) {
            return self
                .computed_floats(computed)
                .ok_or_else(|| ColumnError::computed(&computed.field, ColumnKind::Floats).into());
        }
        Ok(self.reading(ColumnSource::floats(self.mapping(), field, self.progress.memory())?))
    }

    /// A numeric or boolean field as floats; `false` is 0 and `true` is 1.
    pub(crate) fn numbers(&self, field: &str) -> Result<ColumnSource, ColumnError> {
        if let Some(computed) = self.computed(field) {
            return self
                .computed_floats(computed)
                .ok_or_else(|| ColumnError::computed(&computed.field, ColumnKind::Floats));
        }
        Ok(self.reading(ColumnSource::numbers(self.mapping(), field, self.progress.memory())?))
    }

    /// The latitudes and longitudes of a `geo_point` field.
    pub(crate) fn points(&self, field: &Field) -> Result<PointSource, Error> {
        if !matches!(field.kind(), FieldKind::GeoPoint) {
            let (name, kind) = (field.name(), field.kind().type_name());
            return Err(Error::Query(format!("field [{name}] is of type [{kind}], not a geo_point")));
        }
        let axis = |axis: &str| {
            let axis = format!("{}.{axis}", field.name());
            ColumnSource::point_axis(self.mapping(), &axis, self.progress.memory())
        };
        Ok(PointSource { lat: self.reading(axis("lat")?), lon: self.reading(axis("lon")?) })
    }

    fn reading(&self, source: ColumnSource) -> ColumnSource {
        if let Some(column) = source.column() {
            self.warmup.column(column);
        }
        source
    }

    /// The functions of a clause, of which there is at least one.
    pub(crate) fn chain(&self, chain: usize) -> &[ChainStage] {
        &self.chains[chain]
    }

    /// The same for a clause whose functions score.
    pub(crate) fn scorers(&self, chain: usize) -> ScorerChain {
        let scorers = self.chain(chain).iter().map(|stage| ChainedScorer {
            function: Arc::clone(self.scorer(stage.call)),
            min_score: stage.min_score,
            input: if stage.name.is_some() { InputOfLater::Yes } else { InputOfLater::No },
        });
        ScorerChain { scorers: scorers.collect(), progress: Arc::clone(self.progress) }
    }

    /// The function of a call that was parsed as a filter.
    pub(crate) fn filter(&self, call: usize) -> &Arc<FilterFunction> {
        match &self.calls[call] {
            BoundCall::Filter(filter) => filter,
            BoundCall::Scorer(_) | BoundCall::Values(_) => unreachable!("a call is bound as it was parsed"),
        }
    }

    /// The function of a call that was parsed as a scorer.
    fn scorer(&self, call: usize) -> &Arc<ScorerFunction> {
        match &self.calls[call] {
            BoundCall::Scorer(scorer) => scorer,
            BoundCall::Filter(_) | BoundCall::Values(_) => unreachable!("a call is bound as it was parsed"),
        }
    }

    /// The error that a value of the request cannot be one of a field.
    pub(crate) fn value_error(error: &quidditch_index::ValueError) -> Error {
        match error.reason {
            InvalidValue::Date(DateError::NotInNanoseconds(_)) => Error::shard_argument(error.to_string()),
            InvalidValue::NotADate(_) | InvalidValue::Date(_) => {
                Error::Shard { kind: ErrorKind::Setting, reason: error.to_string() }
            }
            _ => Error::Query(error.to_string()),
        }
    }
}
