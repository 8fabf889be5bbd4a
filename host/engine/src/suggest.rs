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

use std::sync::atomic::AtomicU64;

use quidditch_index::{ReadSession, View};

pub use answer::Suggested;
use answer::{CompletionOption, Entry, SuggestOption, merge};
use completion::Completed;
use context::Context;
pub(crate) use request::Suggestions;
use request::{Suggester, Suggestion};
use spell_checker::SortBy;

use crate::Error;
use crate::aggregations::KeyStyle;
use crate::collect::Hit;
use crate::fetch::{Page, fetch};
use crate::resolved_request::ResolvedRequest;
use crate::scores::Scores;

/// What one index suggests: the entries of each suggestion.
pub(crate) struct OfIndex(Vec<Vec<Entry>>);

/// What a suggestion finds before documents are fetched.
enum Found {
    Entries(Vec<Entry>),
    /// An entry with completions of which the documents are not fetched yet.
    Completions(Entry, Vec<Completed>),
}

impl Suggestions {
    /// What an index suggests.
    ///
    /// # Errors
    /// What of the request does not fit the index; [`Error::HitsTooLarge`] and other errors of fetching documents.
    pub(crate) async fn find(
        &self,
        resolved: &ResolvedRequest<'_>,
        view: &View,
        max_bytes: u64,
        reads: &ReadSession,
    ) -> Result<OfIndex, Error> {
        let context = Context { snapshot: resolved.snapshot, view, progress: &resolved.progress };
        let found = reads
            .run(|| {
                resolved.progress.restart();
                // All are made in spite of missing bytes, so that these are known at once.
                let found: Vec<_> = self.list.iter().map(|suggestion| suggestion.find(&context)).collect();
                found.into_iter().collect::<Result<Vec<_>, Error>>()
            })
            .await?;
        let fetched_bytes = AtomicU64::new(0);
        let mut of_index = Vec::with_capacity(found.len());
        for found in found {
            of_index.push(match found {
                Found::Entries(entries) => entries,
                Found::Completions(mut entry, completed) => {
                    let limits = (max_bytes, &fetched_bytes);
                    entry.options = fetch_completions(resolved, view, completed, limits, reads).await?;
                    vec![entry]
                }
            });
        }
        Ok(OfIndex(of_index))
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

impl Suggestion {
    fn find(&self, context: &Context<'_>) -> Result<Found, Error> {
        match &self.suggester {
            Suggester::Term(term) => term.entries(&self.input, context).map(Found::Entries),
            Suggester::Phrase(phrase) => phrase.entries(&self.input, context).map(Found::Entries),
            Suggester::Completion(completion) => {
                let (entry, completed) = completion.find(&self.input, context)?;
                Ok(Found::Completions(entry, completed))
            }
        }
    }
}

/// Reads the documents of completions.
async fn fetch_completions(
    resolved: &ResolvedRequest<'_>,
    view: &View,
    completed: Vec<Completed>,
    (max_bytes, fetched_bytes): (u64, &AtomicU64),
    reads: &ReadSession,
) -> Result<Vec<SuggestOption>, Error> {
    let hit = |completed: &Completed| Hit {
        document: completed.document,
        score: completed.score,
        keys: Vec::new(),
        group: None,
    };
    let hits: Vec<Hit> = completed.iter().map(hit).collect();
    let page = Page {
        hits: &hits,
        order: None,
        request: resolved.request,
        places: None,
        explain: None,
        scores: Scores::Needed,
        progress: &resolved.progress,
        max_bytes,
        fetched_bytes,
    };
    let documents = fetch(resolved.snapshot, view, &resolved.fetch, &page, reads).await?;
    let options = completed.into_iter().zip(documents).map(|(completed, hit)| {
        let option = CompletionOption { text: completed.text, hit, contexts: completed.contexts };
        SuggestOption::Completion(Box::new(option))
    });
    Ok(options.collect())
}
