//! `suggest`: corrections of words and texts, and completions of what is typed.
//!
//! Suggestions are made of the terms of the index, and of how often they occur in all splits. What they read follows from what
//! they find, so they are made together with the warmup, before the query runs.

mod answer;
mod completion;
mod context;
mod field_terms;
mod input;
mod phrase;
mod request;
mod spell_checker;
mod string_distance;
mod term;

pub use answer::Suggested;
use answer::{CompletionOption, Entry, SuggestOption, merge};
use completion::Completed;
pub(crate) use context::Context;
pub(crate) use request::Suggestions;
use request::{Suggester, Suggestion};
use spell_checker::SortBy;

use crate::Error;
use crate::aggregations::KeyStyle;
use crate::collect::Hit;
use crate::hits::HitDocument;

/// What one index suggests: the entries of each suggestion.
pub(crate) struct OfIndex(Vec<Vec<Entry>>);

/// What a suggestion finds before documents are fetched.
pub(crate) struct FoundSuggestion {
    entries: Vec<Entry>,
    /// Options of the only entry, whose documents are not fetched yet.
    completed: Vec<Completed>,
}

impl Suggestions {
    /// What an index suggests, before documents are fetched.
    ///
    /// # Errors
    /// What of the request does not fit the index.
    pub(crate) fn find(&self, context: &Context<'_>) -> Result<Vec<FoundSuggestion>, Error> {
        // All are made in spite of missing bytes, so that these are known at once.
        let found: Vec<_> = self.list.iter().map(|suggestion| suggestion.find(context)).collect();
        found.into_iter().collect()
    }

    /// The answer, from what all indices suggest, of which there must be at least one.
    ///
    /// # Errors
    /// If their suggestions cannot be merged.
    pub(crate) fn answer(&self, indices: Vec<OfIndex>, keys: KeyStyle) -> Result<Suggested, Error> {
        let mut indices: Vec<_> = indices.into_iter().map(|OfIndex(found)| found.into_iter()).collect();
        let mut suggestions = Vec::with_capacity(self.list.len());
        for Suggestion { name, input, suggester } in &self.list {
            let sort = match suggester {
                Suggester::Term(term) => term.sort(),
                _ => SortBy::Score,
            };
            let found = indices.iter_mut().filter_map(Iterator::next).collect();
            let name = match keys {
                KeyStyle::Typed => format!("{}#{name}", suggester.type_name()),
                KeyStyle::Plain => name.clone(),
            };
            suggestions.push((name, merge(found, sort, input.size)?));
        }
        Ok(Suggested { suggestions })
    }
}

impl FoundSuggestion {
    fn new(entries: Vec<Entry>) -> Self {
        FoundSuggestion { entries, completed: Vec::new() }
    }

    /// The documents to fetch.
    pub(crate) fn hits(&self) -> Vec<Hit> {
        let hit = |completed: &Completed| Hit {
            document: completed.document,
            score: completed.score,
            keys: Vec::new(),
            group: None,
        };
        self.completed.iter().map(hit).collect()
    }

    fn with_documents(self, documents: Vec<HitDocument>) -> Vec<Entry> {
        let FoundSuggestion { mut entries, completed } = self;
        let options = completed.into_iter().zip(documents).map(|(completed, hit)| {
            let option = CompletionOption { text: completed.text, hit, contexts: completed.contexts };
            SuggestOption::Completion(Box::new(option))
        });
        if let Some(entry) = entries.first_mut() {
            entry.options.extend(options);
        }
        entries
    }
}

impl OfIndex {
    /// From what suggestions found, each with the documents of its [`FoundSuggestion::hits`].
    pub(crate) fn new(found: Vec<(FoundSuggestion, Vec<HitDocument>)>) -> Self {
        OfIndex(found.into_iter().map(|(found, documents)| found.with_documents(documents)).collect())
    }
}

impl Suggestion {
    fn find(&self, context: &Context<'_>) -> Result<FoundSuggestion, Error> {
        match &self.suggester {
            Suggester::Term(term) => term.entries(&self.input, context).map(FoundSuggestion::new),
            Suggester::Phrase(phrase) => phrase.entries(&self.input, context).map(FoundSuggestion::new),
            Suggester::Completion(completion) => {
                let (entry, completed) = completion.find(&self.input, context)?;
                Ok(FoundSuggestion { entries: vec![entry], completed })
            }
        }
    }
}
