//! Fetches what a search will read, before it runs.

use std::ops::Bound;

use futures::FutureExt;
use quidditch_index::{ReadSession, View};
use tantivy::index::InvertedIndexReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{SegmentReader, Term};

use crate::Error;
use crate::needs::{Needs, TermUse};

/// Fetches what `needs` stand for, in as few round trips as can be. In splits that are not among `selected`, the search does
/// not run, and only how often its terms occur counts.
///
/// # Errors
/// [`Error::Index`].
pub(crate) async fn warm(view: &View, selected: &[usize], needs: &Needs, reads: &ReadSession) -> Result<(), Error> {
    if view.is_whole() {
        return Ok(());
    }
    let segments = view.searcher().segment_readers();
    reads
        .run(|| {
            for (ordinal, segment) in segments.iter().enumerate() {
                touch(segment, needs, selected.contains(&view.split_of(ordinal)));
            }
            Ok(())
        })
        .await
}

/// Reads what a search will read of a segment. Reads that fail are left aside: if bytes are missing, they are taken down, and
/// this is called again; if something else is wrong, the search itself will say so.
fn touch(segment: &SegmentReader, needs: &Needs, runs: bool) {
    for (term, term_use) in &needs.terms {
        touch_term(segment, term, *term_use, runs);
    }
    if !runs {
        return;
    }
    for (lower, upper) in &needs.term_ranges {
        touch_term_range(segment, lower, upper);
    }
    for column in &needs.columns {
        for handle in segment.fast_fields().dynamic_column_handles(column).unwrap_or_default() {
            let _ = handle.open();
        }
    }
}

fn touch_term(segment: &SegmentReader, term: &Term, term_use: TermUse, runs: bool) {
    let Ok(inverted_index) = segment.inverted_index(term.field()) else { return };
    let info = inverted_index.get_term_info(term);
    if !runs || matches!(info, Ok(None)) {
        return;
    }
    if term_use.scored {
        let _ = segment.fieldnorms_readers().get_field(term.field());
    }
    match info {
        Ok(Some(info)) => {
            let _ = inverted_index.read_postings_from_terminfo(&info, option(term_use));
        }
        // Where its documents stand is not known yet. Those of all terms of a small field are soon read.
        _ => drop(inverted_index.warm_postings_full(term_use.positions).now_or_never()),
    }
}

fn touch_term_range(segment: &SegmentReader, lower: &Bound<Term>, upper: &Bound<Term>) {
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

fn option(term_use: TermUse) -> IndexRecordOption {
    if term_use.positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs }
}
