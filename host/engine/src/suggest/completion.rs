//! The suggester `completion`: inputs that begin as a text does, by their weights.

mod contexts;
mod fuzzy;
mod in_context;
mod matcher;
mod regex_options;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use quidditch_index::{CompletionTerm, Field, SnapshotDocument, read_completion_term};
use serde_json::{Map, Value as Json};
use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field as TantivyField, IndexRecordOption};
use tantivy::{DocAddress, DocSet, SegmentReader, TERMINATED, TantivyError};

use super::answer::Entry;
use super::context::Context;
use super::input::{Input, analyzer_error};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::query::Regexp;
use crate::terms::{LetterCase, read_ahead};
use contexts::RequestedContexts;
use fuzzy::FuzzyCompletion;
use in_context::InContext;
use matcher::Matcher;
use regex_options::RegexOptions;

/// Inputs that are kept while the best ones are looked for, in addition to four for each suggestion: some documents may be
/// deleted, or have several inputs.
const SPARE_INPUTS: usize = 256;

/// Terms of a dictionary between two looks at the clock.
const TERMS_BETWEEN_CHECKS: usize = 4_096;

/// A parsed `completion`.
#[derive(Debug, PartialEq)]
pub(super) struct CompletionSuggester {
    fuzzy: Option<FuzzyCompletion>,
    /// Those that are given.
    regex: Option<RegexOptions>,
    duplicates: Duplicates,
    contexts: RequestedContexts,
}

/// Whether an input of several documents is suggested several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duplicates {
    Kept,
    Skipped,
}

/// A suggestion without its document.
pub(super) struct Completed {
    pub(super) text: String,
    pub(super) score: f32,
    pub(super) document: SnapshotDocument,
    pub(super) contexts: Map<String, Json>,
}

impl CompletionSuggester {
    pub(super) fn parse(node: &Node<'_>) -> Result<(Input, Self), ParseError> {
        let mut fields = node.fields()?;
        let input = Input::take(&mut fields)?;
        let skips = fields.optional("skip_duplicates", Node::boolean)?.unwrap_or(false);
        let suggester = CompletionSuggester {
            fuzzy: fields.optional("fuzzy", FuzzyCompletion::parse)?.flatten(),
            regex: fields.optional("regex", RegexOptions::parse)?,
            duplicates: if skips { Duplicates::Skipped } else { Duplicates::Kept },
            contexts: fields.optional("contexts", RequestedContexts::parse)?.unwrap_or_default(),
        };
        fields.finish("[completion]").map_err(|error| error.of_kind(ErrorKind::Object))?;
        Ok((input, suggester))
    }

    /// An entry without options, and the best completions.
    pub(super) fn find(&self, input: &Input, context: &Context<'_>) -> Result<(Entry, Vec<Completed>), Error> {
        let field = input.field(context)?;
        let text = input.text()?;
        let count = input.shard_size(input.size)?;
        let Some(terms_field) = field.completions_field() else {
            let name = field.name();
            return Err(Error::shard_argument(format!("Field [{name}] is not a completion suggest field")));
        };
        let contexts = self.contexts.of(field)?;
        let matchers = self.matchers(input, field, context)?;
        let matchers = InContext::all(&matchers, &contexts);
        let names = field.options().contexts.iter().map(|context| context.name.as_str()).collect();
        let search = Search { suggester: self, context, field: terms_field, matchers: &matchers, count, names };
        let mut completed = search.best()?;
        completed.truncate(input.size);
        let length = text.encode_utf16().count();
        Ok((Entry { text: text.to_owned(), offset: 0, length, options: Vec::new() }, completed))
    }

    /// What inputs are compared with: one for each form that the analyzer gives the text.
    fn matchers(&self, input: &Input, field: &Field, context: &Context<'_>) -> Result<Vec<Matcher>, Error> {
        let Some(prefix) = input.prefix.as_deref().or(input.regex.is_none().then_some(input.text()?)) else {
            if self.fuzzy.is_some() {
                return Err(Error::shard_argument("[fuzzy] cannot be used together with [regex]"));
            }
            let text = input.regex.as_deref().unwrap_or_default();
            let RegexOptions { operators, effort } = self.regex.unwrap_or_default();
            let regex = Regexp { text, operators, case: LetterCase::Sensitive, effort }.compile();
            return Ok(vec![Matcher::regex(regex.map_err(|error| Error::shard_argument(error.to_string()))?)]);
        };
        if self.regex.is_some() {
            return Err(Error::shard_argument("the options [regex] cannot be used together with [prefix]"));
        }
        let forms = context.mapping().completion_query_forms(field, input.analyzer.as_deref(), prefix);
        let forms = forms.map_err(|error| analyzer_error(&error))?;
        Ok(forms.into_iter().map(|form| Matcher::prefix(form, self.fuzzy)).collect())
    }
}

/// A search for the best inputs.
struct Search<'a> {
    suggester: &'a CompletionSuggester,
    context: &'a Context<'a>,
    field: TantivyField,
    matchers: &'a [InContext<'a>],
    count: usize,
    /// The names of the contexts of the field.
    names: Vec<&'a str>,
}

/// An input of some documents of all splits.
struct Candidate {
    score: f32,
    term: String,
}

impl Candidate {
    fn parts(&self) -> CompletionTerm<'_> {
        read_completion_term(&self.term).unwrap_or_default()
    }

    /// The best scores first; equal ones in the order of what they are compared by.
    fn compare(&self, other: &Self) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        by_score.then_with(|| self.parts().form.cmp(other.parts().form)).then_with(|| self.term.cmp(&other.term))
    }
}

/// The best inputs.
struct Candidates {
    best: Vec<Candidate>,
    /// Whether no other input matches.
    are_all: bool,
}

impl Candidates {
    /// Drops duplicates, and all but the best `kept`.
    fn keep(&mut self, kept: usize) {
        self.best.sort_by(Candidate::compare);
        self.best.dedup_by(|a, b| a.term == b.term);
        self.are_all &= self.best.len() <= kept;
        self.best.truncate(kept);
    }
}

impl Search<'_> {
    fn best(&self) -> Result<Vec<Completed>, Error> {
        let mut kept = self.count.saturating_mul(4).saturating_add(SPARE_INPUTS);
        loop {
            let candidates = self.candidates(kept)?;
            let (completed, taken) = self.documents(&candidates.best)?;
            if candidates.are_all || taken >= self.count || self.context.progress.must_stop() {
                return Ok(sorted(completed));
            }
            kept = kept.saturating_mul(8);
        }
    }

    fn candidates(&self, kept: usize) -> Result<Candidates, Error> {
        let mut found = Candidates { best: Vec::new(), are_all: true };
        let mut failure = None;
        for segment in self.context.view.searcher().segment_readers() {
            for matcher in self.matchers {
                if let Err(error) = self.add_candidates(segment, matcher, kept, &mut found) {
                    failure = Some(error);
                }
            }
        }
        if let Some(error) = failure {
            return Err(error.into());
        }
        found.keep(kept);
        Ok(found)
    }

    fn add_candidates(
        &self,
        segment: &SegmentReader,
        matcher: &InContext<'_>,
        kept: usize,
        found: &mut Candidates,
    ) -> tantivy::Result<()> {
        let index = segment.inverted_index(self.field)?;
        read_ahead(&index, &matcher.fixed_prefix());
        let mut terms = index.terms().search(matcher).into_stream()?;
        let mut visited = 0;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            let Some(parts) = read_completion_term(term) else { continue };
            found.best.push(Candidate { score: matcher.score(&parts), term: term.to_owned() });
            if found.best.len() >= kept.saturating_mul(2) {
                found.keep(kept);
            }
            visited += 1;
            if visited % TERMS_BETWEEN_CHECKS == 0 && self.context.progress.must_stop() {
                break;
            }
        }
        Ok(())
    }

    /// The documents of the best inputs. An input whose documents are not read yet counts as one, and each input of a document
    /// counts, although a document is suggested once.
    fn documents(&self, candidates: &[Candidate]) -> Result<(Vec<Completed>, usize), Error> {
        let mut completed: Vec<Completed> = Vec::new();
        let (mut documents, mut texts) = (HashSet::new(), HashSet::new());
        let mut failure: Option<TantivyError> = None;
        let mut taken = 0;
        for candidate in candidates {
            if taken >= self.count {
                break;
            }
            let text = candidate.parts().input;
            let is_skipped = || self.suggester.duplicates == Duplicates::Skipped;
            if is_skipped() && texts.contains(text) {
                continue;
            }
            for (ordinal, segment) in self.context.view.searcher().segment_readers().iter().enumerate() {
                let mut postings = match postings(segment, self.field, &candidate.term) {
                    Ok(Some(postings)) => postings,
                    Ok(None) => continue,
                    Err(error) => {
                        taken += 1;
                        failure.get_or_insert(error);
                        continue;
                    }
                };
                while postings.doc() != TERMINATED && taken < self.count {
                    let doc = postings.doc();
                    let address = DocAddress::new(ordinal as u32, doc);
                    let is_seen = is_skipped() && texts.contains(text);
                    let counts = !segment.is_deleted(doc) && !is_seen;
                    // With contexts, the same input may come several times.
                    let is_new = counts && documents.insert(address);
                    taken += usize::from(if self.names.is_empty() { counts } else { is_new });
                    if is_new {
                        texts.insert(text.to_owned());
                        completed.push(Completed {
                            text: text.to_owned(),
                            score: candidate.score,
                            document: self.context.view.document(address),
                            contexts: Map::new(),
                        });
                    }
                    postings.advance();
                }
            }
        }
        if let Some(error) = failure {
            return Err(error.into());
        }
        if !self.names.is_empty() {
            self.add_contexts(candidates, &mut completed)?;
        }
        Ok((completed, taken))
    }

    /// Adds to the completions for which of the wanted contexts their documents are.
    fn add_contexts(&self, candidates: &[Candidate], completed: &mut [Completed]) -> Result<(), Error> {
        let mut found: HashMap<SnapshotDocument, BTreeMap<&str, BTreeSet<&str>>> = HashMap::new();
        for candidate in candidates {
            let Some((number, value)) = candidate.parts().context else { continue };
            let Some(name) = self.names.get(number) else { continue };
            for (ordinal, segment) in self.context.view.searcher().segment_readers().iter().enumerate() {
                let Some(mut postings) = postings(segment, self.field, &candidate.term)? else { continue };
                while postings.doc() != TERMINATED {
                    let document = self.context.view.document(DocAddress::new(ordinal as u32, postings.doc()));
                    found.entry(document).or_default().entry(name).or_default().insert(value);
                    postings.advance();
                }
            }
        }
        for completion in completed {
            for (name, values) in found.remove(&completion.document).unwrap_or_default() {
                completion.contexts.insert(name.to_owned(), values.into_iter().collect());
            }
        }
        Ok(())
    }
}

fn postings(segment: &SegmentReader, field: TantivyField, term: &str) -> tantivy::Result<Option<SegmentPostings>> {
    let index = segment.inverted_index(field)?;
    let Some(info) = index.terms().get(term.as_bytes())? else { return Ok(None) };
    Ok(Some(index.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?))
}

/// The order in which completions are shown: by score, text and document.
fn sorted(mut completed: Vec<Completed>) -> Vec<Completed> {
    let key = |completed: &Completed| completed.text.encode_utf16().collect::<Vec<_>>();
    completed.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| key(a).cmp(&key(b))));
    completed
}
