//! How rare a term counts that several fields are searched for as if they were one.

use quidditch_index::{Field, Snapshot};
use tantivy::{Searcher, Term};

use super::statistics::Statistics;

/// How many documents count as having each of these terms, which are one word in several fields.
///
/// A word that is frequent in one field is no rarer in another: all count as if as many documents had them as have the most
/// frequent one. The others count as one more than the one before, so that the field in which a word is the most frequent scores
/// highest, as in Lucene's `BlendedTermQuery`.
pub(crate) fn blended_frequencies(
    snapshot: &Snapshot,
    searcher: &Searcher,
    terms: &[(&Field, &Term)],
) -> tantivy::Result<Vec<u64>> {
    let mut all_documents: u64 = searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum();
    let mut found = Vec::with_capacity(terms.len());
    for (field, term) in terms {
        let statistics = Statistics::new(snapshot, field).read(searcher)?;
        let matching = searcher.doc_freq(term)?;
        if matching > 0 {
            all_documents = all_documents.min(statistics.terms);
        }
        found.push(Frequency { matching, documents: statistics.documents });
    }
    Ok(blend(&found, all_documents))
}

/// Of a term.
struct Frequency {
    /// How many documents have it.
    matching: u64,
    /// How many documents have its field.
    documents: u64,
}

fn blend(terms: &[Frequency], all_documents: u64) -> Vec<u64> {
    let mut blended: Vec<u64> = terms.iter().map(|term| term.matching).collect();
    let mut order: Vec<usize> = (0..terms.len()).filter(|index| terms[*index].matching > 0).collect();
    order.sort_by_key(|index| std::cmp::Reverse(terms[*index].matching));
    let Some(&first) = order.first() else { return blended };
    let mut before = terms[first].matching;
    let mut counted = before.min(all_documents);
    for index in order {
        let term = &terms[index];
        if term.matching < before {
            counted += 1;
        }
        blended[index] = counted.min(all_documents).min(term.documents);
        before = term.matching;
    }
    blended
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blended(terms: &[(u64, u64)], all_documents: u64) -> Vec<u64> {
        let terms: Vec<_> = terms.iter().map(|&(matching, documents)| Frequency { matching, documents }).collect();
        blend(&terms, all_documents)
    }

    #[test]
    fn all_terms_are_about_as_frequent_as_the_most_frequent() {
        assert_eq!(blended(&[(5, 9), (2, 7)], 20), [5, 6]);
        assert_eq!(blended(&[(2, 7), (5, 9), (5, 9), (1, 9)], 20), [6, 5, 5, 7]);
        assert_eq!(blended(&[(0, 7), (0, 9)], 20), [0, 0]);
        assert_eq!(blended(&[(5, 9), (0, 7)], 20), [5, 0]);
    }

    #[test]
    fn no_term_is_in_more_documents_than_its_field() {
        assert_eq!(blended(&[(5, 9), (1, 2)], 20), [5, 2]);
        assert_eq!(blended(&[(5, 9), (1, 9)], 5), [5, 5]);
    }
}
