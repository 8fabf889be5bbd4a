//! The tokens of a text as a graph. Synonyms of several words are paths next to the words that they stand for.

use quidditch_index::Token;

use crate::Error;

/// Most paths through a graph; 1,024 is what clients expect.
const MAX_PATHS: usize = 1_024;

/// The tokens of a text, put together where all paths meet.
pub(super) struct TokenGraph {
    parts: Vec<GraphPart>,
}

/// What is between two places where all paths meet.
pub(super) enum GraphPart {
    /// Any of these tokens, all of which are as long.
    Position { tokens: Vec<Token>, gap: usize },
    /// Different ways from one place to the other.
    Paths(Vec<Path>),
}

/// Tokens one after another, each with the number of dropped words before it.
pub(super) type Path = Vec<(Token, usize)>;

/// The tokens of a path with their positions, of which the first is 0.
pub(super) fn with_positions(path: &Path) -> impl Iterator<Item = (usize, &Token)> {
    let mut position = 0;
    path.iter().enumerate().map(move |(index, (token, gap))| {
        position += if index == 0 { 0 } else { gap + 1 };
        (position, token)
    })
}

/// A token between two places.
struct Edge {
    token: Token,
    from: usize,
    to: usize,
    /// How many words before it were dropped.
    gap: usize,
}

impl TokenGraph {
    /// Whether tokens are more than a list of positions.
    pub(super) fn is_needed(tokens: &[Token]) -> bool {
        tokens.len() > 1 && tokens.iter().any(|token| token.length > 1)
    }

    /// # Errors
    /// [`Error::Query`] if there are too many paths.
    pub(super) fn new(tokens: Vec<Token>) -> Result<Self, Error> {
        let edges = edges(tokens);
        let last = edges.iter().map(|edge| edge.to).max().unwrap_or(0);
        let is_meeting = |place: usize| edges.iter().all(|edge| edge.to <= place || place <= edge.from);
        let mut parts = Vec::new();
        let mut from = 0;
        for to in (1..=last).filter(|place| is_meeting(*place)) {
            let inside: Vec<&Edge> = edges.iter().filter(|edge| from <= edge.from && edge.to <= to).collect();
            if inside.iter().all(|edge| (edge.from, edge.to) == (from, to)) && to == from + 1 {
                let gap = inside.first().map_or(0, |edge| edge.gap);
                parts.push(GraphPart::Position { tokens: inside.iter().map(|edge| edge.token.clone()).collect(), gap });
            } else {
                let mut paths = Vec::new();
                add_paths(&inside, from, to, &mut Vec::new(), &mut paths)?;
                parts.push(GraphPart::Paths(paths));
            }
            from = to;
        }
        Ok(TokenGraph { parts })
    }

    pub(super) fn parts(&self) -> &[GraphPart] {
        &self.parts
    }

    /// All ways through the whole text. Of several tokens at one position, each is a way of its own.
    ///
    /// # Errors
    /// [`Error::Query`] if there are too many.
    pub(super) fn paths(&self) -> Result<Vec<Path>, Error> {
        let mut all: Vec<Path> = vec![Vec::new()];
        for part in &self.parts {
            let next: Vec<Path> = match part {
                GraphPart::Position { tokens, gap } => tokens.iter().map(|token| vec![(token.clone(), *gap)]).collect(),
                GraphPart::Paths(paths) => paths.clone(),
            };
            if all.len().saturating_mul(next.len()) > MAX_PATHS {
                return Err(too_many_paths());
            }
            let mut longer = Vec::with_capacity(all.len() * next.len());
            for path in &all {
                for more in &next {
                    longer.push([path.as_slice(), more.as_slice()].concat());
                }
            }
            all = longer;
        }
        Ok(all)
    }
}

/// The tokens between places, which are numbered without those of dropped words.
fn edges(tokens: Vec<Token>) -> Vec<Edge> {
    let mut starts: Vec<usize> = tokens.iter().map(|token| token.position).collect();
    starts.sort_unstable();
    starts.dedup();
    let place = |position: usize| starts.partition_point(|start| *start < position);
    let ends: Vec<usize> = tokens.iter().map(|token| token.position + token.length.max(1)).collect();
    let edge = |token: Token| {
        let from = place(token.position);
        let before = ends.iter().filter(|end| **end <= token.position).max().copied().unwrap_or(0);
        let to = place(token.position + token.length.max(1));
        Edge { gap: token.position - before, from, to, token }
    };
    tokens.into_iter().map(edge).collect()
}

fn add_paths(edges: &[&Edge], from: usize, to: usize, path: &mut Path, paths: &mut Vec<Path>) -> Result<(), Error> {
    if from == to {
        if paths.len() == MAX_PATHS {
            return Err(too_many_paths());
        }
        paths.push(path.clone());
        return Ok(());
    }
    for edge in edges.iter().filter(|edge| edge.from == from) {
        path.push((edge.token.clone(), edge.gap));
        add_paths(edges, edge.to, to, path, paths)?;
        path.pop();
    }
    Ok(())
}

fn too_many_paths() -> Error {
    Error::Query(format!("too many clauses: synonyms of several words become more than {MAX_PATHS} texts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(list: &[(&str, usize, usize)]) -> Vec<Token> {
        let token = |&(text, position, length): &(&str, usize, usize)| Token {
            text: text.to_owned(),
            position,
            length,
            end: 0,
        };
        list.iter().map(token).collect()
    }

    fn shown(path: &Path) -> String {
        let word = |(token, gap): &(Token, usize)| format!("{}{}", "_ ".repeat(*gap), token.text);
        path.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    fn parts(list: &[(&str, usize, usize)]) -> Vec<String> {
        let graph = TokenGraph::new(tokens(list)).expect("few paths");
        let part = |part: &GraphPart| match part {
            GraphPart::Position { tokens, gap } => {
                let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
                format!("{}{}", "_ ".repeat(*gap), words.join("/"))
            }
            GraphPart::Paths(paths) => format!("({})", paths.iter().map(shown).collect::<Vec<_>>().join(" | ")),
        };
        graph.parts().iter().map(part).collect()
    }

    #[test]
    fn paths_meet_after_synonyms_of_several_words() {
        let ny = [("new", 0, 1), ("ny", 0, 2), ("york", 1, 1), ("is", 2, 1), ("fast", 3, 1), ("quick", 3, 1)];
        assert_eq!(parts(&ny), ["(new york | ny)", "is", "fast/quick"]);
    }

    #[test]
    fn dropped_words_leave_gaps() {
        assert_eq!(parts(&[("a", 1, 1), ("b", 3, 2), ("c", 3, 1), ("d", 4, 1)]), ["_ a", "(_ b | _ c d)"]);
    }

    #[test]
    fn the_paths_of_a_text_are_combined() {
        let list = [("new", 0, 1), ("ny", 0, 2), ("york", 1, 1), ("fast", 2, 1), ("quick", 2, 1)];
        let paths = TokenGraph::new(tokens(&list)).expect("few paths").paths().expect("few paths");
        let shown: Vec<String> = paths.iter().map(shown).collect();
        assert_eq!(shown, ["new york fast", "new york quick", "ny fast", "ny quick"]);
    }

    #[test]
    fn the_number_of_paths_is_limited() {
        let list: Vec<(&str, usize, usize)> =
            (0..10).flat_map(|number| [("a", 2 * number, 2), ("b", 2 * number, 1), ("c", 2 * number + 1, 1)]).collect();
        assert_eq!(TokenGraph::new(tokens(&list)).expect("few").paths().expect("few").len(), 1_024);
        let more = [&list[..], &[("a", 20, 2), ("b", 20, 1), ("c", 21, 1)]].concat();
        assert!(TokenGraph::new(tokens(&more)).expect("few").paths().is_err());
    }
}
