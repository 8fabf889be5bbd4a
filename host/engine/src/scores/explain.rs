//! Explains scores of BM25, in the words of Lucene.

use quidditch_index::FieldStatistics;
use tantivy::schema::Type;
use tantivy::{Score, Searcher, Term};

use super::bm25::{B, K1, idf};
use crate::explanation::Explanation;

/// What the score of a term or a phrase in a document is computed from.
pub(super) struct Bm25<'a> {
    /// The term or the phrase, with its field.
    pub(super) what: String,
    pub(super) boost: Score,
    /// The terms, each with the number of documents that have it.
    pub(super) terms: &'a [(Term, u64)],
    pub(super) statistics: FieldStatistics,
    /// How often the text has it.
    pub(super) frequency: f64,
    pub(super) frequency_text: String,
    /// The terms of the text.
    pub(super) length: f64,
    pub(super) doc: u32,
}

impl Bm25<'_> {
    /// The part of the score that the length of the text determines.
    pub(super) fn norm(statistics: FieldStatistics, length: f64) -> f64 {
        K1 * (1.0 - B + B * length / average_length(statistics))
    }

    pub(super) fn explain(&self) -> Explanation {
        let Bm25 { what, boost, terms, statistics, frequency, frequency_text, length, doc } = self;
        let documents = |matching: u64| statistics.documents.max(matching).max(1);
        let of_term = |(_, matching): &(Term, u64)| {
            let value = idf(*matching, documents(*matching));
            let details = vec![
                Explanation::count(*matching, "n, number of documents containing term"),
                Explanation::count(documents(*matching), "N, total number of documents with field"),
            ];
            let description = "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:";
            (value, Explanation::matching(value as Score, description, details))
        };
        let idfs: Vec<(f64, Explanation)> = terms.iter().map(of_term).collect();
        let sum_of_idfs: f64 = idfs.iter().map(|(value, _)| value).sum();
        let mut idfs: Vec<Explanation> = idfs.into_iter().map(|(_, explanation)| explanation).collect();
        let idf = if idfs.len() == 1 {
            idfs.remove(0)
        } else {
            Explanation::matching(sum_of_idfs as Score, "idf, sum of:", idfs)
        };
        let figure = |value: f64, description: &str| Explanation::matching(value as Score, description, Vec::new());
        let tf = frequency / (frequency + Self::norm(*statistics, *length));
        let tf_explanation = Explanation::matching(
            tf as Score,
            "tf, computed as freq / (freq + k1 * (1 - b + b * dl / avgdl)) from:",
            vec![
                figure(*frequency, frequency_text),
                figure(K1, "k1, term saturation parameter"),
                figure(B, "b, length normalization parameter"),
                figure(*length, "dl, length of field"),
                figure(average_length(*statistics), "avgdl, average length of field"),
            ],
        );
        let boost = f64::from(*boost) * (K1 + 1.0);
        let score = (boost * sum_of_idfs * tf) as Score;
        let details = vec![figure(boost, "boost"), idf, tf_explanation];
        let description = format!("score(freq={frequency:?}), computed as boost * idf * tf from:");
        let inner = Explanation::matching(score, description, details);
        Explanation::matching(score, format!("weight({what} in {doc}) [PerFieldSimilarity], result of:"), vec![inner])
    }
}

fn average_length(statistics: FieldStatistics) -> f64 {
    statistics.terms as f64 / statistics.documents.max(1) as f64
}

/// A term as clients see it, without its field.
pub(super) fn term_text(term: &Term) -> String {
    let value = term.value();
    match value.typ() {
        Type::Bool => value.as_bool().map_or_else(String::new, |value| if value { "T" } else { "F" }.to_owned()),
        _ => value.as_str().unwrap_or_default().to_owned(),
    }
}

/// The name of a term's field.
pub(super) fn field_name<'s>(term: &Term, searcher: &'s Searcher) -> &'s str {
    searcher.schema().get_field_name(term.field())
}
