//! What a text matches that has synonyms of several words. Highlighting marks it.

use super::text_options::{SynonymWords, TextForm, WordForm};
use super::text_query::{TextQuery, exact_test};
use super::token_graph::{GraphPart, Path, TokenGraph, with_positions};
use crate::Error;
use crate::clause::TextMatches;

impl TextQuery {
    /// Adds what the query matches, as [`Terms::plan_graph`](super::text_terms::Terms::plan_graph) searches for it.
    pub(super) fn add_graph(&self, graph: &TokenGraph, last: WordForm, matches: &mut TextMatches) -> Result<(), Error> {
        match self.options.form {
            TextForm::Words | TextForm::WordsThenPrefix => {
                let count = graph.parts().len();
                for (index, part) in graph.parts().iter().enumerate() {
                    self.add_part(part, last.of_word(index, count), matches);
                }
            }
            TextForm::Phrase | TextForm::PhrasePrefix => {
                for path in graph.paths()? {
                    self.add_phrase(&path, self.options.slop as usize, last, matches);
                }
            }
        }
        Ok(())
    }

    fn add_part(&self, part: &GraphPart, last: WordForm, matches: &mut TextMatches) {
        match part {
            GraphPart::Position { tokens, .. } => {
                let form = if tokens.len() == 1 { last } else { WordForm::Whole };
                tokens.iter().for_each(|token| self.add_word(&token.text, form, matches));
            }
            GraphPart::Paths(paths) => paths.iter().for_each(|path| self.add_path(path, last, matches)),
        }
    }

    fn add_path(&self, path: &Path, last: WordForm, matches: &mut TextMatches) {
        let is_phrase = path.len() > 1 && self.options.synonyms == SynonymWords::Phrase;
        if is_phrase || last == WordForm::Prefix {
            return self.add_phrase(path, 0, last, matches);
        }
        path.iter().for_each(|(token, _)| self.add_word(&token.text, WordForm::Whole, matches));
    }

    fn add_phrase(&self, path: &Path, slop: usize, last: WordForm, matches: &mut TextMatches) {
        let mut words = Vec::with_capacity(path.len());
        for (index, (position, token)) in with_positions(path).enumerate() {
            words.push((position, exact_test(&token.text, last.of_word(index, path.len()))));
        }
        matches.phrase(&self.field, words, slop);
    }
}
