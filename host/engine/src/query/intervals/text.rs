//! What the words of a text become in intervals.

use quidditch_index::{Field, FieldValue, Token};
use tantivy::Term;

use super::rule::{Arrangement, Mode};
use crate::Error;
use crate::query::token_graph::{GraphPart, Path, TokenGraph};
use crate::scores::Intervals;

pub(super) fn intervals(field: &Field, tokens: Vec<Token>, arrangement: Arrangement) -> Result<Intervals, Error> {
    if TokenGraph::is_needed(&tokens) {
        let graph = TokenGraph::new(tokens)?;
        let mut parts = Vec::with_capacity(graph.parts().len());
        for part in graph.parts() {
            parts.push(match part {
                GraphPart::Position { tokens, gap } => any(field, tokens)?.after_gap(*gap as i64),
                GraphPart::Paths(paths) => {
                    let paths = paths.iter().map(|path| block(field, path));
                    Intervals::any(paths.collect::<Result<_, _>>()?)?
                }
            });
        }
        return arrangement.arrange(parts);
    }
    let mut parts = Vec::with_capacity(tokens.len());
    let mut next = 0;
    for same in tokens.chunk_by(|a, b| a.position == b.position) {
        let gap = same[0].position.saturating_sub(next);
        parts.push(any(field, same)?.after_gap(if parts.is_empty() && tokens.len() == 1 { 0 } else { gap as i64 }));
        next = same[0].position + 1;
    }
    arrangement.arrange(parts)
}

/// The words of a path, next to each other.
fn block(field: &Field, path: &Path) -> Result<Intervals, Error> {
    let words = path.iter().map(|(token, gap)| Ok(word(field, token)?.after_gap(*gap as i64)));
    Arrangement { mode: Mode::Ordered, max_gaps: Some(0) }.arrange(words.collect::<Result<_, Error>>()?)
}

fn any(field: &Field, tokens: &[Token]) -> Result<Intervals, Error> {
    let words = tokens.iter().map(|token| word(field, token));
    Ok(Intervals::any(words.collect::<Result<_, _>>()?)?)
}

fn word(field: &Field, token: &Token) -> Result<Intervals, Error> {
    let term: Option<Term> = field.term(&FieldValue::Text(token.text.clone()));
    match term {
        Some(term) => Ok(Intervals::terms(vec![term])),
        None => Err(Error::Query(format!("field [{}] has no words", field.name()))),
    }
}
