//! `highlight`: the passages of a text in which the query matches, as the unified highlighter of Lucene finds them.
//!
//! The text is analyzed again, and the terms that the query looks for ([`TextMatches`]) are found in it: `matches`, `phrases`. The
//! text is cut at the ends of sentences and words (`breaks`) into passages around the matches; the best of them are shown.

mod breaks;
mod characters;
mod content;
mod matches;
mod passages;
mod phrases;
mod sentences;
mod snippet;
mod words;

use std::collections::BTreeMap;

use quidditch_index::{Field, FieldKind, KeywordForm, Snapshot, TextForm, matches_pattern};
use serde_json::{Map, Value as Json};

use super::fetch_context::FetchContext;
use super::field_value::FieldValues;
use crate::Error;
use crate::clause::{Clause, FieldMatch, TextMatches};
use crate::plan::Planner;
use crate::request::{Boundary, FieldPattern, FragmentOrder, Highlight, HighlightOptions, MatchedFields};
use crate::scores::Scoring;
use crate::source_paths::SourcePaths;
use content::{Content, tokenize};
use matches::{Matcher, Wanted};
use passages::{Passage, best_passages};
use snippet::snippet;
use words::word_ends;

/// Longest text of a field that is highlighted, in UTF-16 code units; 1,000,000 is what clients expect.
const MAX_ANALYZED: usize = 1_000_000;

/// A field to be highlighted.
pub(super) struct HighlightedField<'a> {
    field: &'a Field,
    values: FieldValues<'a>,
    options: HighlightOptions,
    wanted: Wanted,
}

/// The fields to be highlighted.
pub(super) fn plan<'a>(
    highlight: &Highlight,
    context: &FetchContext<'a, '_>,
) -> Result<Vec<HighlightedField<'a>>, Error> {
    if let Some(mistake) = &highlight.mistake {
        return Err(Error::shard_argument(mistake.clone()));
    }
    let (mapping, planner, query) = (context.mapping(), context.planner, context.query);
    let of_request = match query {
        Some(query) => planner.within(context.query_scope, || text_matches(query, planner))?,
        None => Vec::new(),
    };
    let paths = SourcePaths::new(mapping);
    // Of several patterns that match a field, the last one counts.
    let mut planned = BTreeMap::new();
    for asked in &highlight.fields {
        let own_matches = match &asked.query {
            Some(query) => {
                // It is never run, but a query that the index cannot answer is a mistake.
                query.plan(&planner.checking(), Scoring::FILTER)?;
                Some(text_matches(&**query, planner)?)
            }
            None => None,
        };
        let matches = own_matches.as_ref().unwrap_or(&of_request);
        if let Some(offset) = asked.options.max_analyzer_offset
            && offset as usize > MAX_ANALYZED
        {
            return Err(Error::shard_argument(format!(
                "max_analyzer_offset has exceeded [{MAX_ANALYZED}], the maximum allowed for highlighting: [{offset}]"
            )));
        }
        let is_pattern = asked.pattern.contains('*');
        let is_asked = |(name, field): &(&str, &Field)| {
            is_text(field) && matches_pattern(&asked.pattern, name) && (!is_pattern || is_named_by_patterns(field))
        };
        for (name, field) in mapping.named_fields().filter(is_asked) {
            let is_relevant = |found: &&FieldMatch| match asked.options.matched_fields {
                MatchedFields::Own => found.field == field.name(),
                MatchedFields::All => mapping.field(&found.field).is_some_and(is_text),
            };
            let wanted = Wanted::new(matches.iter().filter(is_relevant).map(|found| &found.matched));
            let values = FieldValues::new(name, field, paths.of(field), &FieldPattern::plain(name.to_owned()))?;
            let mut options = asked.options.clone();
            if matches!(field.kind(), FieldKind::Keyword(_)) {
                options.boundary = Boundary::Value;
            }
            planned.insert(name, HighlightedField { field, values, options, wanted });
        }
    }
    Ok(planned.into_values().collect())
}

fn is_text(field: &Field) -> bool {
    match field.kind() {
        FieldKind::Text { .. } => true,
        FieldKind::Keyword(options) => options.form == KeywordForm::Keyword,
        _ => false,
    }
}

/// Clients expect other types of texts to be highlighted only if a request names them.
fn is_named_by_patterns(field: &Field) -> bool {
    match field.kind() {
        FieldKind::Text { form, .. } => matches!(form, TextForm::Scored | TextForm::MatchOnly),
        _ => true,
    }
}

fn text_matches(query: &dyn Clause, planner: &Planner<'_>) -> Result<Vec<FieldMatch>, Error> {
    let mut matches = TextMatches::default();
    query.text_matches(planner, &mut matches)?;
    Ok(matches.into_matches())
}

impl<'a> HighlightedField<'a> {
    pub(super) fn name(&self) -> &'a str {
        self.values.name()
    }

    /// The fragments of one document.
    pub(super) fn fragments(
        &self,
        snapshot: &Snapshot,
        id: &str,
        source: &Map<String, Json>,
    ) -> Result<Vec<String>, Error> {
        let HighlightedField { field, options, wanted, .. } = self;
        if wanted.is_nothing() && options.no_match_size == 0 {
            return Ok(Vec::new());
        }
        let values = self.values.values(source).into_iter().filter_map(|value| match value {
            Json::String(text) => Some(text),
            _ => None,
        });
        let values: Vec<String> = values.collect();
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let content = Content::new(&values);
        if content.units.len() > MAX_ANALYZED && options.max_analyzer_offset.is_none() {
            return Err(Error::shard_argument(format!(
                "The length of [{}] field of [{id}] doc of [{}] index has exceeded [{MAX_ANALYZED}], the maximum allowed \
                 for highlighting; use [max_analyzer_offset] to highlight only its beginning",
                field.name(),
                snapshot.name(),
            )));
        }
        let max_offset = options.max_analyzer_offset.map_or(usize::MAX, |offset| offset as usize);
        let mut matcher = Matcher::new(wanted);
        if !wanted.is_nothing() {
            tokenize(snapshot, field, &values, max_offset, &mut |token| matcher.token(&token));
        }
        let matches = matcher.finish();
        if matches.is_empty() {
            return Ok(without_match(&content, options).into_iter().collect());
        }
        let count = if options.number_of_fragments == 0 { values.len() } else { options.number_of_fragments };
        let mut passages = best_passages(&content, matches, options, count);
        if options.order == FragmentOrder::BestFirst {
            passages.sort_by(|left, right| right.score.total_cmp(&left.score));
        }
        let snippets = passages.iter().map(|passage| snippet(&content, passage, options));
        Ok(snippets.filter(|snippet| !snippet.trim().is_empty()).collect())
    }
}

/// The beginning of the first value that is not empty, if the request asks for it: up to the end of a word.
fn without_match(content: &Content, options: &HighlightOptions) -> Option<String> {
    let size = options.no_match_size;
    let (start, value_end) = content.values.iter().copied().find(|(start, end)| size > 0 && start < end)?;
    let mut end = value_end;
    if start + size < value_end {
        let ends = word_ends(&content.units[start..value_end]);
        end = ends.into_iter().map(|end| start + end).find(|end| *end > start + size).unwrap_or(value_end);
    }
    let text = snippet(content, &Passage { start, end, matches: Vec::new(), score: 0.0 }, options);
    (!text.trim().is_empty()).then_some(text)
}
