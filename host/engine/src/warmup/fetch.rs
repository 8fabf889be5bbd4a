//! Fetches what a search will read, before it runs.

use std::ops::{Bound, ControlFlow};

use futures::FutureExt;
use quidditch_index::{ReadSession, View};
use tantivy::index::InvertedIndexReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{SegmentReader, Term};

use super::info::{TermUse, WarmupInfo};
use crate::Error;
use crate::terms::{KeywordTerms, PatternTerms, TermAutomaton, read_ahead};

/// Why a segment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The query runs over it.
    Search,
    /// Only the document frequencies of its terms are used, in scores.
    TermStatistics,
}

/// Fetches everything in `info`, in as few round trips as possible. The query runs only over the `selected` splits; of the
/// others, only the document frequencies of its terms are read.
///
/// # Errors
/// [`Error::Index`].
pub(crate) async fn warm_up(
    view: &View,
    selected: &[usize],
    info: &WarmupInfo,
    reads: &ReadSession,
) -> Result<(), Error> {
    if view.is_whole() {
        return Ok(());
    }
    let segments = view.searcher().segment_readers();
    reads
        .run(|| {
            for (ordinal, segment) in segments.iter().enumerate() {
                let is_selected = selected.contains(&view.split_of(ordinal));
                read(segment, info, if is_selected { Purpose::Search } else { Purpose::TermStatistics });
            }
            for choice in &info.chosen_terms {
                let Ok(terms) = choice.choose(segments) else { continue };
                for ordinal in (0..segments.len()).filter(|ordinal| selected.contains(&view.split_of(*ordinal))) {
                    let term_use = TermUse { scored: true, positions: false };
                    terms.iter().for_each(|term| read_term(&segments[ordinal], term, term_use, Purpose::Search));
                }
            }
            Ok(())
        })
        .await
}

/// Reads what a search will read of a segment. Failed reads are ignored here: missing bytes are recorded, and this is called
/// again; any other failure will be returned by the search itself.
fn read(segment: &SegmentReader, info: &WarmupInfo, purpose: Purpose) {
    for (term, term_use) in &info.terms {
        read_term(segment, term, *term_use, purpose);
    }
    for (terms, term_use) in &info.pattern_terms {
        let _ = read_pattern_terms(segment, terms, *term_use, purpose);
    }
    if purpose == Purpose::TermStatistics {
        return;
    }
    for range in &info.number_ranges {
        let _ = range.read_ahead(segment);
    }
    for range in &info.counted_ranges {
        let _ = range.read_ends(segment);
    }
    if !segment.has_deletes() {
        read_keywords(segment, info);
        for first in &info.first_sorted {
            let _ = first.read_ahead(segment);
        }
    }
    for (lower, upper) in &info.term_ranges {
        read_range(segment, lower, upper);
    }
    for (field, automaton, prefix) in &info.patterns {
        if let Ok(inverted_index) = segment.inverted_index(*field) {
            // Together: one by one, every block of the dictionary would be a round trip.
            read_ahead(&inverted_index, prefix);
            let _ = read_pattern(&inverted_index, automaton);
        }
    }
    for field in &info.lengths {
        let _ = segment.fieldnorms_readers().get_field(*field);
    }
    for column in &info.columns {
        for handle in segment.fast_fields().dynamic_column_handles(column).unwrap_or_default() {
            let _ = handle.open();
        }
    }
}

/// Reads the terms of keywords that take the place of columns where all documents match.
fn read_keywords(segment: &SegmentReader, info: &WarmupInfo) {
    for column in &info.counted_keywords {
        if let Ok(Some(terms)) = KeywordTerms::open(column, segment) {
            let _ = terms.document_counts();
        }
    }
    for (column, from, most) in &info.first_keywords {
        if let Ok(Some(terms)) = KeywordTerms::open(column, segment) {
            let _ = terms.for_each_from(from.as_deref(), *most, |_| ControlFlow::Continue(()));
        }
    }
}

fn read_term(segment: &SegmentReader, term: &Term, term_use: TermUse, purpose: Purpose) {
    let Ok(inverted_index) = segment.inverted_index(term.field()) else { return };
    let info = inverted_index.get_term_info(term);
    if purpose == Purpose::TermStatistics || matches!(info, Ok(None)) {
        return;
    }
    if term_use.scored {
        let _ = segment.fieldnorms_readers().get_field(term.field());
    }
    match info {
        Ok(Some(info)) => {
            let _ = inverted_index.read_postings_from_terminfo(&info, option(term_use));
        }
        // The position of its postings is not known yet. For a small field, the postings of all terms are read.
        _ => drop(inverted_index.warm_postings_full(term_use.positions).now_or_never()),
    }
}

fn read_range(segment: &SegmentReader, lower: &Bound<Term>, upper: &Bound<Term>) {
    let (Bound::Included(term) | Bound::Excluded(term)) = (if *lower == Bound::Unbounded { upper } else { lower })
    else {
        return;
    };
    if let Ok(inverted_index) = segment.inverted_index(term.field()) {
        let _ = read_term_range(&inverted_index, lower, upper);
    }
}

fn read_term_range(
    inverted_index: &InvertedIndexReader,
    lower: &Bound<Term>,
    upper: &Bound<Term>,
) -> std::io::Result<()> {
    let mut terms = inverted_index.terms().range();
    terms = match lower {
        Bound::Included(term) => terms.ge(term.serialized_value_bytes()),
        Bound::Excluded(term) => terms.gt(term.serialized_value_bytes()),
        Bound::Unbounded => terms,
    };
    terms = match upper {
        Bound::Included(term) => terms.le(term.serialized_value_bytes()),
        Bound::Excluded(term) => terms.lt(term.serialized_value_bytes()),
        Bound::Unbounded => terms,
    };
    let mut stream = terms.into_stream()?;
    while stream.advance() {
        let _ = inverted_index.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic);
    }
    Ok(())
}

fn read_pattern(inverted_index: &InvertedIndexReader, automaton: &TermAutomaton) -> std::io::Result<()> {
    let mut stream = inverted_index.terms().search(automaton).into_stream()?;
    while stream.advance() {
        let _ = inverted_index.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic);
    }
    Ok(())
}

/// Reads the terms that match, and the postings of those that may be among the best of all segments.
fn read_pattern_terms(
    segment: &SegmentReader,
    terms: &PatternTerms,
    term_use: TermUse,
    purpose: Purpose,
) -> tantivy::Result<()> {
    terms.read_ahead(segment);
    let found = terms.find_in(segment)?;
    if purpose == Purpose::TermStatistics || found.is_empty() {
        return Ok(());
    }
    if term_use.scored {
        let _ = segment.fieldnorms_readers().get_field(terms.field);
    }
    let inverted_index = segment.inverted_index(terms.field)?;
    for (_, bytes, _) in found {
        if let Some(info) = inverted_index.terms().get(&bytes)? {
            let _ = inverted_index.read_postings_from_terminfo(&info, option(term_use));
        }
    }
    Ok(())
}

fn option(term_use: TermUse) -> IndexRecordOption {
    if term_use.positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs }
}
