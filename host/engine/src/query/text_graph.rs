//! What the terms of a text become if it has synonyms of several words.

use quidditch_index::Token;
use tantivy::Term;
use tantivy::query::{BooleanQuery, Query};

use super::text_options::{SynonymWords, TextForm, WordForm};
use super::text_terms::{Positions, Terms};
use super::token_graph::{GraphPart, Path, TokenGraph, with_positions};
use crate::Error;
use crate::plan::Planned;
use crate::scores::{PhraseWord, PositionQuery, Shape, Spans};

impl Terms<'_> {
    pub(super) fn plan_graph(&self, graph: &TokenGraph) -> Result<Planned, Error> {
        match self.options.form {
            TextForm::Words | TextForm::WordsThenPrefix => self.graph_words(graph),
            TextForm::Phrase | TextForm::PhrasePrefix => self.graph_phrase(graph),
        }
    }

    /// One clause for each place where all paths meet.
    fn graph_words(&self, graph: &TokenGraph) -> Result<Planned, Error> {
        let (last, count) = (self.options.form.last_word(), graph.parts().len());
        let clauses = graph.parts().iter().enumerate().map(|(index, part)| {
            let last = last.of_word(index, count);
            match part {
                GraphPart::Position { tokens, .. } => match (&tokens[..], last) {
                    ([only], WordForm::Prefix) => self.prefix(&only.text),
                    _ => self.any_word(tokens),
                },
                GraphPart::Paths(paths) => self.any_path(paths, last),
            }
        });
        self.combine(clauses.collect::<Result<_, _>>()?)
    }

    /// Documents with one of several paths.
    fn any_path(&self, paths: &[Path], last: WordForm) -> Result<Planned, Error> {
        let paths = paths.iter().map(|path| self.path(path, last)?.into_query(self.planner, self.scoring.scores));
        Ok(Planned::scored(Box::new(BooleanQuery::union(paths.collect::<Result<_, _>>()?))))
    }

    fn path(&self, path: &Path, last: WordForm) -> Result<Planned, Error> {
        match (&path[..], last) {
            ([(only, _)], WordForm::Whole) => self.word(&only.text),
            (_, WordForm::Whole) if self.options.synonyms == SynonymWords::Anywhere => {
                let words =
                    path.iter().map(|(token, _)| self.word(&token.text)?.into_query(self.planner, self.scoring.scores));
                Ok(Planned::scored(Box::new(BooleanQuery::intersection(words.collect::<Result<_, _>>()?))))
            }
            _ => self.path_phrase(path, 0, last),
        }
    }

    /// The words of a path as a phrase.
    pub(super) fn phrase_of_path(&self, path: &Path) -> Result<Planned, Error> {
        self.path_phrase(path, 0, WordForm::Whole)
    }

    fn path_phrase(&self, path: &Path, slop: u32, last: WordForm) -> Result<Planned, Error> {
        let mut words = Vec::with_capacity(path.len());
        for (index, (position, token)) in with_positions(path).enumerate() {
            words.push(PhraseWord { position, terms: self.terms_of(token, last.of_word(index, path.len()))? });
        }
        if let [only] = &mut words[..] {
            return Ok(self.any_of(std::mem::take(&mut only.terms)));
        }
        if words.iter().any(|word| word.terms.is_empty()) && self.planner.searcher.is_some() {
            return Ok(Planned::none());
        }
        Ok(Planned::scored(self.planner.scored_phrase(self.field, words, slop, self.scoring)))
    }

    /// All paths together as spans; with slop, one phrase for each path.
    fn graph_phrase(&self, graph: &TokenGraph) -> Result<Planned, Error> {
        let last = self.options.form.last_word();
        if self.options.slop > 0 || self.field.scores_equally() {
            let paths = graph.paths()?;
            let phrases = paths.iter().map(|path| {
                self.path_phrase(path, self.options.slop, last)?.into_query(self.planner, self.scoring.scores)
            });
            let phrases = phrases.collect::<Result<Vec<Box<dyn Query>>, Error>>()?;
            return Ok(Planned::scored(Box::new(BooleanQuery::union(phrases))));
        }
        let count = graph.parts().len();
        let mut parts = Vec::with_capacity(count);
        for (index, part) in graph.parts().iter().enumerate() {
            let last = last.of_word(index, count);
            match part {
                GraphPart::Position { tokens, gap } => {
                    let mut terms = Vec::with_capacity(tokens.len());
                    for token in tokens {
                        terms.extend(self.terms_of(token, last)?);
                    }
                    if index > 0 && *gap > 0 {
                        parts.push(Spans::Gap(*gap as i64));
                    }
                    parts.push(Spans::terms(terms));
                }
                GraphPart::Paths(paths) => {
                    let paths = paths.iter().map(|path| self.path_spans(path, last));
                    parts.push(Spans::Any(paths.collect::<Result<_, _>>()?));
                }
            }
        }
        let spans = next_to_each_other(parts);
        let query = PositionQuery::new(self.planner.snapshot, self.field, Shape::Spans(spans), self.scoring.boost());
        Ok(Planned::scored(Box::new(query)))
    }

    fn path_spans(&self, path: &Path, last: WordForm) -> Result<Spans, Error> {
        let mut parts = Vec::with_capacity(path.len());
        for (index, (token, gap)) in path.iter().enumerate() {
            if index > 0 && *gap > 0 {
                parts.push(Spans::Gap(*gap as i64));
            }
            parts.push(Spans::terms(self.terms_of(token, last.of_word(index, path.len()))?));
        }
        Ok(next_to_each_other(parts))
    }

    fn terms_of(&self, token: &Token, form: WordForm) -> Result<Vec<Term>, Error> {
        if form == WordForm::Prefix {
            return self.terms_beginning_with(&[&token.text], Positions::Needed);
        }
        match self.term(&token.text) {
            Some(term) => Ok(vec![term]),
            None => {
                let name = self.field.name();
                Err(Error::Query(format!("field [{name}] has no positions, which a phrase needs")))
            }
        }
    }
}

fn next_to_each_other(mut parts: Vec<Spans>) -> Spans {
    if parts.len() == 1 { parts.remove(0) } else { Spans::Ordered { parts, slop: 0 } }
}
