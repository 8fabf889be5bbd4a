//! Documents with a term, scored by BM25.

use std::fmt;

use quidditch_index::{Field, FieldStatistics, Snapshot, TextForm};
use tantivy::postings::Postings;
use tantivy::query::{BooleanWeight, BoostWeight, EnableScoring, Occur, Query, SumCombiner, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, Term};

use super::bm25::{AverageLength, B, K1, idf, similarity_boost};
use super::constant_query::ConstantWeight;
use super::explain::{Bm25, field_name, term_text};
use super::statistics::Statistics;
use crate::explanation::Explanation;

/// Documents with a term: the rarer the term is among the documents that have its field, the higher they score, and the more,
/// the more often it occurs in a text and the shorter that is.
///
/// tantivy's own query counts all documents, also those without the field.
#[derive(Clone)]
pub(crate) struct ScoredTerm {
    query: TermQuery,
    statistics: Statistics,
    lengths: Lengths,
    boost: Score,
    /// How many documents count as having the term, if not those that have it.
    matching: Option<u64>,
}

/// The lengths of a field's values, in terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lengths {
    OfTexts,
    /// Keywords, booleans and texts without frequencies: a term occurs once in a document that has it, and all documents count as equally long.
    AlwaysOne,
}

impl ScoredTerm {
    /// A term of this field.
    pub(crate) fn new(snapshot: &Snapshot, field: &Field, term: Term, boost: Score) -> Self {
        let has_lengths = |form| !matches!(form, TextForm::Beginnings | TextForm::MatchOnly);
        let is_text = field.text_form().is_some_and(has_lengths);
        ScoredTerm {
            query: TermQuery::new(term, IndexRecordOption::WithFreqs),
            statistics: Statistics::new(snapshot, field),
            lengths: if is_text { Lengths::OfTexts } else { Lengths::AlwaysOne },
            boost: similarity_boost(snapshot, boost),
            matching: None,
        }
    }

    /// The same term, as rare as if this many documents had it.
    #[must_use]
    pub(crate) fn with_matching(self, matching: u64) -> Self {
        ScoredTerm { matching: Some(matching), ..self }
    }
}

impl ScoredTerm {
    /// Explains the score of a document.
    pub(crate) fn explain(
        &self,
        searcher: &Searcher,
        segment: &SegmentReader,
        doc: DocId,
    ) -> tantivy::Result<Explanation> {
        let term = self.query.term();
        let postings = segment.inverted_index(term.field())?.read_postings(term, IndexRecordOption::WithFreqs)?;
        let Some(mut postings) = postings else { return Ok(Explanation::no_match("no matching term", Vec::new())) };
        if postings.doc() < doc {
            postings.seek(doc);
        }
        if postings.doc() != doc {
            return Ok(Explanation::no_match("no matching term", Vec::new()));
        }
        let (frequency, length) = match self.lengths {
            Lengths::OfTexts => {
                let lengths = segment.get_fieldnorms_reader(term.field())?;
                (f64::from(postings.term_freq()), f64::from(lengths.fieldnorm(doc)))
            }
            Lengths::AlwaysOne => (1.0, 1.0),
        };
        let explained = Bm25 {
            what: format!("{}:{}", field_name(term, searcher), term_text(term)),
            boost: self.boost,
            terms: &[(term.clone(), searcher.doc_freq(term)?)],
            statistics: self.statistics.read(searcher)?,
            frequency,
            frequency_text: "freq, occurrences of term within document".to_owned(),
            length,
            doc,
        };
        Ok(explained.explain())
    }
}

impl fmt::Debug for ScoredTerm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScoredTerm({:?})", self.query.term())
    }
}

impl Query for ScoredTerm {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else {
            return self.query.weight(scoring);
        };
        let matching = match self.matching {
            Some(matching) => matching,
            None => statistics_provider.doc_freq(self.query.term())?,
        };
        let FieldStatistics { documents, terms } = self.statistics.read(searcher)?;
        // A manifest that does not fit its splits is damage that `index verify` reports; it must not lead to a negative idf.
        let documents = documents.max(matching).max(1);
        let average_length = terms as f64 / documents as f64;
        let boosted_idf = f64::from(self.boost) * idf(matching, documents);
        if self.lengths == Lengths::AlwaysOne {
            let norm = K1 * (1.0 - B + B / average_length);
            let score = boosted_idf * (K1 + 1.0) / (1.0 + norm);
            let matches = self.query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            return Ok(Box::new(ConstantWeight::new(matches, score as Score)));
        }
        let given = AverageLength(average_length);
        let weight = self.query.weight(EnableScoring::enabled_from_statistics_provider(&given, searcher))?;
        let boosted: Box<dyn Weight> = Box::new(BoostWeight::new(weight, (boosted_idf / AverageLength::IDF) as Score));
        // Alone, a boosted term is not pruned by its blocks. As the only clause of a bool, it is.
        let alone = vec![(Occur::Should, boosted)];
        Ok(Box::new(BooleanWeight::with_minimum_number_should_match(alone, 0, true, Box::new(SumCombiner::default))))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
        if let Some(term) = self.statistics.term() {
            visitor(term, false);
        }
    }
}
