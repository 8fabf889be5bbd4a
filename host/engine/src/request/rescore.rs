//! `rescore`: other scores for the best hits.

use super::parser::Parser;
use crate::clause::Clause;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::limits::Limits;

/// Hits that are scored again where the request does not say how many.
const DEFAULT_WINDOW: usize = 10;

/// One round of rescoring.
pub(crate) struct Rescore {
    /// How many of the best hits are scored again.
    pub(crate) window: usize,
    pub(crate) query: Box<dyn Clause>,
    pub(crate) query_weight: f32,
    pub(crate) rescore_query_weight: f32,
    pub(crate) mode: RescoreMode,
}

/// How the score of a hit and that of the rescore query are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RescoreMode {
    Total,
    Multiply,
    Average,
    Max,
    Min,
}

const MODES: Words<RescoreMode> = Words {
    key: "score_mode",
    case: Case::Any,
    error: ErrorKind::Object,
    words: &[
        ("total", RescoreMode::Total),
        ("multiply", RescoreMode::Multiply),
        ("avg", RescoreMode::Average),
        ("max", RescoreMode::Max),
        ("min", RescoreMode::Min),
    ],
};

impl Rescore {
    /// An object, or a list of them, which are applied one after another.
    pub(crate) fn parse_list(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Vec<Self>, ParseError> {
        node.items().map(|item| Self::parse(&item, parser)).collect()
    }

    fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let window = fields.optional("window_size", Node::count)?.unwrap_or(DEFAULT_WINDOW);
        let query = fields.required("query", "[rescore]");
        // Clients expect objects to be types of rescoring, and other values to be options.
        if let Some((name, other)) = fields.rest().find(|(_, other)| other.is_object()) {
            return Err(other.mistake(ErrorKind::UnknownName, format!("[rescore] does not support [{name}]")));
        }
        let query = query?;
        fields.finish("[rescore]")?;
        let mut fields = query.fields()?;
        let rescore_query = fields.required_or(ErrorKind::Argument, "rescore_query", "[query] of [rescore]")?;
        rescore_query.fields().map_err(|error| error.of_kind(ErrorKind::Object))?;
        let rescore_query = parser.query(&rescore_query).map_err(|error| error.inside(ErrorKind::Object))?;
        let rescore = Rescore {
            window,
            query: rescore_query,
            query_weight: weight(&mut fields, "query_weight")?,
            rescore_query_weight: weight(&mut fields, "rescore_query_weight")?,
            mode: fields.optional("score_mode", score_mode)?.unwrap_or(RescoreMode::Total),
        };
        fields.finish("[query] of [rescore]").map_err(|error| error.of_kind(ErrorKind::Object))?;
        Ok(rescore)
    }

    /// The reason why a window may not have this size; `None` if it may.
    pub(crate) fn refuse_window(&self, limits: &Limits) -> Option<String> {
        let (window, max) = (self.window, limits.max_result_window);
        (window > max).then(|| format!("Rescore window [{window}] is too large, it must be at most [{max}]"))
    }
}

fn weight(fields: &mut Fields<'_>, key: &'static str) -> Result<f32, ParseError> {
    let weight = fields.optional(key, Node::float).map_err(|error| error.of_kind(ErrorKind::Object))?;
    Ok(weight.unwrap_or(1.0))
}

fn score_mode(node: &Node<'_>) -> Result<RescoreMode, ParseError> {
    node.text().and_then(|_| MODES.read(node)).map_err(|error| error.of_kind(ErrorKind::Object))
}

impl RescoreMode {
    /// The new score of a hit that the rescore query matches.
    pub(crate) fn combine(self, score: f32, rescore: f32) -> f32 {
        match self {
            RescoreMode::Total => score + rescore,
            RescoreMode::Multiply => score * rescore,
            RescoreMode::Average => (score + rescore) / 2.0,
            RescoreMode::Max => score.max(rescore),
            RescoreMode::Min => score.min(rescore),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::query;

    fn parse(json: &Json) -> Result<Vec<Rescore>, ParseError> {
        let limits = Limits::default();
        Rescore::parse_list(&Node::root(json), &mut query::parser(&limits))
    }

    #[test]
    fn one_or_several_rounds_have_defaults() {
        let one = json!({"query": {"rescore_query": {"match_all": {}}}});
        let rounds = parse(&one).expect("valid");
        let [round] = &rounds[..] else { panic!("one round") };
        assert_eq!((round.window, round.query_weight, round.rescore_query_weight), (10, 1.0, 1.0));
        assert_eq!(round.mode, RescoreMode::Total);
        let other = json!({"window_size": 3, "query": {
            "rescore_query": {"match_all": {}}, "query_weight": "2", "rescore_query_weight": -1, "score_mode": "AVG"
        }});
        let rounds = parse(&json!([one, other])).expect("valid");
        assert_eq!((rounds[1].window, rounds[1].query_weight, rounds[1].rescore_query_weight), (3, 2.0, -1.0));
        assert_eq!(rounds[1].mode, RescoreMode::Average);
        assert!(parse(&json!([])).expect("valid").is_empty());
    }

    #[test]
    fn mistakes_have_the_kinds_that_clients_know() {
        let all = json!({"match_all": {}});
        for (json, kind) in [
            (json!({}), ErrorKind::Parsing),
            (json!("x"), ErrorKind::Parsing),
            (json!([1]), ErrorKind::Parsing),
            (json!({"window_size": 3}), ErrorKind::Parsing),
            (json!({"window_size": "x", "query": {"rescore_query": all}}), ErrorKind::NumberFormat),
            (json!({"nope": 3, "query": {"rescore_query": all}}), ErrorKind::Parsing),
            (json!({"query": []}), ErrorKind::Parsing),
            (json!({"nope": {}}), ErrorKind::UnknownName),
            (json!({"nope": {}, "query": {"rescore_query": all}}), ErrorKind::UnknownName),
            (json!({"query": {}}), ErrorKind::Argument),
            (json!({"query": {"rescore_query": null}}), ErrorKind::Object),
            (json!({"query": {"rescore_query": [all]}}), ErrorKind::Object),
            (json!({"query": {"rescore_query": all, "nope": 1}}), ErrorKind::Object),
            (json!({"query": {"rescore_query": all, "score_mode": "x"}}), ErrorKind::Object),
            (json!({"query": {"rescore_query": all, "score_mode": 5}}), ErrorKind::Object),
            (json!({"query": {"rescore_query": all, "query_weight": "x"}}), ErrorKind::Object),
        ] {
            assert_eq!(parse(&json).err().map(|error| error.kind), Some(kind), "{json}");
        }
    }
}
