//! The most telling words of texts: those that are frequent in them and rare in the index.

use std::collections::BTreeMap;

use tantivy::{SegmentReader, Term};

use super::choose_terms::ChooseTerms;

/// A word of the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LikeWord {
    /// The word in the fields that are searched. The field counts in which most documents have it.
    pub(crate) terms: Vec<Term>,
    /// How often the texts have it.
    pub(crate) frequency: usize,
}

/// Words of which the most telling ones are chosen.
#[derive(Debug, Clone)]
pub(crate) struct LikeTerms {
    /// Words from which as many are chosen at most.
    pub(crate) groups: Vec<Vec<LikeWord>>,
    pub(crate) options: LikeOptions,
}

/// Which words are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LikeOptions {
    /// Most words of a group.
    pub(crate) max_words: usize,
    /// How often the texts must have a word.
    pub(crate) min_frequency: usize,
    /// How many documents must have it.
    pub(crate) min_documents: u64,
    /// How many documents may have it.
    pub(crate) max_documents: u64,
}

/// A word that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LikeTerm {
    pub(crate) term: Term,
    /// How telling it is.
    pub(crate) weight: f32,
}

impl LikeTerms {
    /// The words of each group that are chosen, by what these segments have.
    pub(crate) fn choose_from(&self, segments: &[SegmentReader]) -> tantivy::Result<Vec<Vec<LikeTerm>>> {
        let documents: u64 = segments.iter().map(|segment| u64::from(segment.num_docs())).sum();
        let mut failure = None;
        let mut matching: BTreeMap<&Term, u64> = BTreeMap::new();
        // All of them are looked up, so that everything that is missing is known at once.
        for term in self.groups.iter().flatten().flat_map(|word| &word.terms) {
            for segment in segments {
                match segment.inverted_index(term.field()).and_then(|index| Ok(index.doc_freq(term)?)) {
                    Ok(count) => *matching.entry(term).or_default() += u64::from(count),
                    Err(error) => failure = Some(error),
                }
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        Ok(self.groups.iter().map(|words| self.choose_words(words, &matching, documents)).collect())
    }

    fn choose_words(&self, words: &[LikeWord], matching: &BTreeMap<&Term, u64>, documents: u64) -> Vec<LikeTerm> {
        let LikeOptions { max_words, min_frequency, min_documents, max_documents } = self.options;
        let mut chosen = Vec::new();
        for word in words.iter().filter(|word| word.frequency >= min_frequency) {
            let (mut best, mut most) = (None, 0);
            for term in &word.terms {
                let count = matching.get(term).copied().unwrap_or(0);
                if count > most {
                    (best, most) = (Some(term), count);
                }
            }
            if let Some(term) = best.filter(|_| (min_documents..=max_documents).contains(&most)) {
                // As Lucene's `ClassicSimilarity` defines it.
                let idf = ((documents + 1) as f64 / (most + 1) as f64).ln() + 1.0;
                chosen.push(LikeTerm { term: term.clone(), weight: word.frequency as f32 * idf as f32 });
            }
        }
        chosen.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
        chosen.truncate(max_words);
        chosen
    }
}

impl ChooseTerms for LikeTerms {
    fn choose(&self, segments: &[SegmentReader]) -> tantivy::Result<Vec<Term>> {
        Ok(self.choose_from(segments)?.into_iter().flatten().map(|chosen| chosen.term).collect())
    }
}

#[cfg(test)]
mod tests {
    use tantivy::schema::Field;

    use super::*;

    fn term(text: &str) -> Term {
        Term::from_field_text(Field::from_field_id(0), text)
    }

    #[test]
    fn frequent_words_that_few_documents_have_are_chosen() {
        let options = LikeOptions { max_words: 2, min_frequency: 1, min_documents: 1, max_documents: 8 };
        let word = |text: &str, frequency| LikeWord { terms: vec![term(text)], frequency };
        let words = vec![word("rare", 1), word("twice", 2), word("often", 3), word("none", 9), word("some", 1)];
        let terms: Vec<Term> = ["rare", "twice", "often", "some"].map(term).into();
        let matching = terms.iter().zip([1, 2, 9, 4]).collect();
        let likes = LikeTerms { groups: Vec::new(), options };
        let chosen = likes.choose_words(&words, &matching, 9);
        assert_eq!(chosen.iter().map(|chosen| chosen.term.clone()).collect::<Vec<_>>(), ["twice", "rare"].map(term));
    }
}
