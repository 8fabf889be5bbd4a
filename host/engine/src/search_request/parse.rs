//! From a body and URL parameters to a [`SearchRequest`].

use serde_json::Value as Json;

use super::pages::Pages;
use super::terminate_after::terminate_after;
use super::{SearchRequest, inactive_keys, parameters};
use crate::Error;
use crate::aggregations::{self, KeyStyle};
use crate::clause::Clause;
use crate::json::{self, ErrorKind, Node, ParseError, PathText, Position, locate, parse_timeout};
use crate::limits::Limits;
use crate::query;
use crate::request::{
    Collapse, ComputedFieldRequest, FetchOptions, IndicesBoost, PointInTime, Rescore, SearchAfter, Slice, Sort,
    TotalHits,
};
use crate::scores::Scores;
use crate::suggest::Suggestions;

/// What clients expect where they do not say.
const DEFAULT_SIZE: usize = 10;

impl SearchRequest {
    /// Parses a request's body (which may be empty) and its URL parameters, which override the same keys of the body.
    ///
    /// # Errors
    /// [`Error::Parsing`] with line and column in the body; [`Error::Argument`] for URL parameters; [`Error::Query`] and
    /// [`Error::Shard`] for what is reported as a failure of the search itself.
    pub fn parse(body: &str, parameters: &[(String, String)], limits: &Limits) -> Result<Self, Error> {
        let json = read_json(body)?;
        let mut request = Self::parse_body(&json, limits).map_err(|error| with_position(error, body))?;
        parameters::apply(&mut request, parameters)?;
        let window = request.from.saturating_add(request.size);
        if window > limits.max_result_window {
            return Err(Error::shard_argument(format!(
                "Result window is too large, from + size must be less than or equal to: [{}] but was [{window}]",
                limits.max_result_window
            )));
        }
        if let Some(reason) = request.rescore.iter().find_map(|rescore| rescore.refuse_window(limits)) {
            return Err(Error::shard_argument(reason));
        }
        Ok(request)
    }

    /// Parses the body of a count: a query, and nothing else.
    ///
    /// # Errors
    /// As [`SearchRequest::parse`].
    pub fn parse_count(body: &str, limits: &Limits) -> Result<Self, Error> {
        let json = read_json(body)?;
        let parse = || {
            let root = Node::root(&json);
            refuse_bare_query(&root)?;
            if let Some(key) = root.map()?.keys().find(|key| *key != "query") {
                return Err(root.child(key).unwrap_or(root).error(format!("the request does not support [{key}]")));
            }
            let mut request = Self::parse_body(&json, limits)?;
            request.size = 0;
            request.total_hits = Some(TotalHits::Exact);
            Ok(request)
        };
        parse().map_err(|error| with_position(error, body))
    }

    fn parse_body(json: &Json, limits: &Limits) -> Result<Self, ParseError> {
        let root = Node::root(json);
        refuse_bare_query(&root)?;
        let mut fields = root.fields()?;
        let mut parser = query::parser(limits);
        let derived = fields.take("derived");
        let computed = match (derived, fields.take("runtime_mappings")) {
            (Some(_), Some(node)) => {
                return Err(node.error("[runtime_mappings] cannot be used together with [derived]"));
            }
            (first, second) => first.or(second),
        };
        let query = fields.take("query");
        let aggregations = fields.take("aggs");
        let aggregations = match (aggregations, fields.take("aggregations")) {
            (Some(_), Some(node)) => return Err(node.error("[aggregations] cannot be used together with [aggs]")),
            (first, second) => first.or(second),
        };
        let suggest = fields.take("suggest");
        let (post_filter, rescore) = (fields.take("post_filter"), fields.take("rescore"));
        let collapse = fields.take("collapse");
        let request = SearchRequest {
            computed: match computed {
                Some(node) => ComputedFieldRequest::parse_all(&node, &mut parser)?,
                None => Vec::new(),
            },
            computed_json: computed.map(|node| node.json().clone()),
            query: match query {
                Some(query) => Some(parser.query(&query)?),
                None if suggest.is_some() && aggregations.is_none() => Some(query::match_none()),
                None => None,
            },
            query_json: query.map(|query| query.json().clone()),
            shown_percolations: parser.percolations(),
            post_filter: post_filter.map(|filter| parser.query(&filter)).transpose()?,
            post_filter_json: post_filter.map(|filter| filter.json().clone()),
            // The names of queries elsewhere, as in aggregations, are not those of matches.
            named: parser.take_named(),
            inner_hits: parser.take_inner_hits(),
            named_scores: fields.optional("include_named_queries_score", named_scores)?.unwrap_or(Scores::Ignored),
            aggregations: match aggregations {
                Some(node) => aggregations::parse(&node, &mut parser)?,
                None => Default::default(),
            },
            aggregations_json: aggregations.map(|node| node.json().clone()),
            aggregation_keys: KeyStyle::default(),
            suggest: suggest.map(|node| Suggestions::parse(&node)).transpose()?,
            suggest_json: suggest.map(|node| node.json().clone()),
            fetch: FetchOptions::take(&mut fields, &mut parser)?,
            top_hits: parser.take_top_hits(),
            rescore: rescore.map(|node| Rescore::parse_list(&node, &mut parser)).transpose()?.unwrap_or_default(),
            rescore_json: rescore.map(|node| node.json().clone()),
            from: fields.optional("from", Node::count)?.unwrap_or(0),
            size: fields.optional("size", Node::count)?.unwrap_or(DEFAULT_SIZE),
            sort: fields.optional("sort", |node| Sort::parse_list(node, &mut parser))?.unwrap_or_default(),
            collapse: collapse.map(|node| Collapse::parse(&node, &mut parser)).transpose()?,
            lookups: parser.take_lookups(),
            percolations: parser.take_percolations(),
            chains: parser.take_chains(),
            calls: parser.into_calls(),
            collapse_json: collapse.map(|node| node.json().clone()),
            pit: fields.optional("pit", PointInTime::parse)?,
            slice: fields.optional("slice", Slice::parse)?,
            pages: Pages::Only,
            search_after: fields.optional("search_after", SearchAfter::parse)?,
            terminate_after: fields.optional("terminate_after", terminate_after)?.flatten(),
            indices_boost: fields.optional("indices_boost", IndicesBoost::parse)?.unwrap_or_default(),
            track_scores: fields.optional("track_scores", Node::boolean)?.unwrap_or(false),
            total_hits: fields.optional("track_total_hits", TotalHits::parse)?,
            min_score: fields.optional("min_score", Node::float)?,
            profile: fields.optional("profile", Node::boolean)?.unwrap_or(false),
            timeout: fields.optional("timeout", parse_timeout)?.flatten(),
        };
        inactive_keys::take(&mut fields)?;
        fields.finish("a search request")?;
        Ok(request)
    }
}

/// Parses a query that stands for itself: it names no documents, does not percolate, and calls no functions. `what` it is, for
/// errors.
///
/// # Errors
/// As [`SearchRequest::parse`], without positions.
pub(crate) fn parse_apart(query: &Json, what: &str, limits: &Limits) -> Result<Box<dyn Clause>, Error> {
    let mut parser = query::parser(limits);
    let clause = parser.query(&Node::root(query)).map_err(|error| with_position(error, ""))?;
    if !parser.take_lookups().is_empty() {
        return Err(Error::Argument(format!("{what} cannot look up documents")));
    }
    if parser.percolations() > 0 {
        return Err(Error::Argument(format!("{what} cannot percolate")));
    }
    match parser.count_calls() {
        0 => Ok(clause),
        _ => Err(Error::Argument(format!("{what} cannot call functions or scripts"))),
    }
}

/// Whether the scores of queries with names are shown.
fn named_scores(node: &Node<'_>) -> Result<Scores, ParseError> {
    node.boolean().map(|are_shown| if are_shown { Scores::Needed } else { Scores::Ignored })
}

/// A query without the key around it is easily written.
fn refuse_bare_query(root: &Node<'_>) -> Result<(), ParseError> {
    match root.map()?.keys().find(|key| query::is_query(key)) {
        Some(key) => {
            let node = root.child(key).unwrap_or(*root);
            let example = format!(r#"{{"query": {{"{key}": ...}}}}"#);
            Err(node.error(format!("[{key}] is a query and must be placed inside [query]: {example}")))
        }
        None => Ok(()),
    }
}

fn read_json(body: &str) -> Result<Json, Error> {
    if body.trim().is_empty() {
        return Ok(Json::Object(serde_json::Map::new()));
    }
    json::parse(body).map_err(|error| Error::Parsing {
        kind: if error.is_eof() { ErrorKind::JsonEnd } else { ErrorKind::Json },
        cause: None,
        reason: format!("the request is not valid JSON: {error}"),
        position: Some(Position { line: error.line(), column: error.column() }),
    })
}

/// Adds to an error where in the text it is.
pub(super) fn with_position(error: ParseError, body: &str) -> Error {
    let position = locate(body, &error.path);
    let path = PathText(&error.path).to_string();
    let reason = if path.is_empty() { error.reason } else { format!("{} (at {path})", error.reason) };
    match (error.kind, error.outer_kind) {
        (ErrorKind::Query, _) => Error::Query(reason),
        (kind @ ErrorKind::Setting, _) => Error::Shard { kind, reason },
        (kind, None) => Error::Parsing { kind, cause: None, reason, position },
        (kind, Some(outer)) => Error::Parsing { kind: outer, cause: (kind != outer).then_some(kind), reason, position },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(body: &str) -> String {
        match SearchRequest::parse(body, &[], &Limits::default()).err() {
            Some(Error::Parsing { reason, position: Some(position), .. }) => {
                format!("{}:{}: {reason}", position.line, position.column)
            }
            Some(error) => error.to_string(),
            None => "valid".to_owned(),
        }
    }

    #[test]
    fn mistakes_say_where_they_are() {
        insta::assert_snapshot!(error("{\"size\": -1}"), @"1:10: expected a non-negative integer, found [-1] (at size)");
        insta::assert_snapshot!(error("{\"sise\": 1}"), @"1:10: a search request does not support [sise] (at sise)");
        insta::assert_snapshot!(error("{\"match\": {\"a\": 1}}"), @r#"1:11: [match] is a query and must be placed inside [query]: {"query": {"match": ...}} (at match)"#);
        insta::assert_snapshot!(
            error("{\"query\": {\n  \"bool\": {\"filter\": [{\"trem\": {\"a\": 1}}]}}}"),
            @"2:23: unknown query [trem] (at query.bool.filter[0])"
        );
        insta::assert_snapshot!(
            error("{\"query\": {\"term\": {\"a\": 1}, \"match_all\": {}}}"),
            @"1:11: a query must have exactly one key, found [term] and [match_all] (at query)"
        );
        insta::assert_snapshot!(
            error("{\"query\": {\"term\": {\"a\": {\"value\": 1, \"bost\": 2}}}}"),
            @"1:47: [term] query does not support [bost] (at query.term.a.bost)"
        );
        insta::assert_snapshot!(
            error("{\"query\": "),
            @"1:10: the request is not valid JSON: EOF while parsing a value at line 1 column 10"
        );
    }

    /// The kind of a mistake, and the kind of its cause inside an object.
    fn kinds(body: &str) -> (ErrorKind, Option<ErrorKind>) {
        match SearchRequest::parse(body, &[], &Limits::default()).err() {
            Some(Error::Parsing { kind, cause, .. }) => (kind, cause),
            Some(Error::Query(_)) => (ErrorKind::Query, None),
            Some(Error::Shard { kind, .. }) => (kind, None),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn mistakes_have_the_kinds_that_clients_know() {
        use ErrorKind::{Argument, Json, JsonEnd, NumberFormat, NumberRange, Object, Parsing, Query, Setting};
        for (body, kind) in [
            ("{\"size\": 1,}", Json),
            ("{\"size\": ", JsonEnd),
            (r#"{"nope": 1}"#, Parsing),
            (r#"{"size": []}"#, Parsing),
            (r#"{"size": -1}"#, Argument),
            (r#"{"size": "x"}"#, NumberFormat),
            (r#"{"size": true}"#, Json),
            (r#"{"size": 99999999999}"#, NumberRange),
            (r#"{"timeout": "1"}"#, Argument),
            (r#"{"track_scores": "x"}"#, Argument),
            (r#"{"track_scores": 1}"#, Json),
            (r#"{"query": []}"#, Parsing),
            (r#"{"query": {}}"#, Argument),
            (r#"{"query": {"nope": {}}}"#, Parsing),
            (r#"{"query": {"term": {}}}"#, Argument),
            (r#"{"query": {"term": {"": 1}}}"#, Argument),
            (r#"{"query": {"term": {"a": null}}}"#, Argument),
            (r#"{"query": {"term": {"a": [1]}}}"#, Parsing),
            (r#"{"query": {"term": {"a": {"value": 1, "boost": -1}}}}"#, Argument),
            (r#"{"query": {"match_all": {"boost": "x"}}}"#, Parsing),
            (r#"{"query": {"match": {}}}"#, Parsing),
            (r#"{"query": {"match": {"a": {"query": "b", "operator": "x"}}}}"#, Argument),
            (r#"{"query": {"match": {"a": {"query": "b", "minimum_should_match": "x"}}}}"#, Query),
            (r#"{"query": {"range": {"a": {"time_zone": "x"}}}}"#, Argument),
            (r#"{"query": {"ids": {"values": ["1"], "type": "_doc"}}}"#, Parsing),
            (r#"{"query": {"function_score": {"score_mode": "x"}}}"#, Argument),
            (r#"{"query": {"function_score": {"gauss": {"a": {"origin": 1}}}}}"#, Setting),
            (r#"{"query": {"function_score": {"gauss": {"a": {"scale": 1, "decay": 2}}}}}"#, Query),
            (r#"{"query": {"geo_distance": {"distance": "x", "a": [1, 2]}}}"#, NumberFormat),
            (r#"{"query": {"geo_distance": {"distance": "1km", "a": []}}}"#, ErrorKind::Value),
            (r#"{"query": {"geo_distance": {"distance": "1km", "a": [1, 95]}}}"#, Query),
            (r#"{"query": {"bool": {"must": "x"}}}"#, Object),
            (r#"{"query": {"bool": {"nope": 1}}}"#, Object),
            (r#"{"query": {"bool": {"boost": "x"}}}"#, Object),
            (r#"{"query": {"bool": {"minimum_should_match": "x"}}}"#, Query),
            (r#"{"query": {"script_score": {}}}"#, Argument),
            (r#"{"sort": [1]}"#, Argument),
            (r#"{"sort": {"a": {"order": "up"}}}"#, Object),
        ] {
            assert_eq!(kinds(body), (kind, None), "{body}");
        }
        for (clause, cause) in [
            (r#"{"nope": {}}"#, Some(Parsing)),
            (r#"{}"#, Some(Argument)),
            (r#"{"term": {"a": null}}"#, Some(Argument)),
            (r#"{"bool": {"nope": 1}}"#, None),
            (r#"{"bool": {"must": [{"nope": {}}]}}"#, Some(Parsing)),
            (r#"{"geo_distance": {"distance": "x", "a": [1, 2]}}"#, Some(NumberFormat)),
        ] {
            assert_eq!(
                kinds(&format!(r#"{{"query": {{"bool": {{"must": [{clause}]}}}}}}"#)),
                (Object, cause),
                "{clause}"
            );
        }
    }

    #[test]
    fn null_is_a_mistake_where_it_does_not_mean_absent() {
        for body in [
            r#"{"query": null}"#,
            r#"{"size": null}"#,
            r#"{"sort": null}"#,
            r#"{"_source": null}"#,
            r#"{"min_score": null}"#,
            r#"{"timeout": null}"#,
            r#"{"sort": [{"n": {"order": null}}]}"#,
            r#"{"query": {"bool": {"boost": null}}}"#,
            r#"{"query": {"bool": {"must": [null]}}}"#,
            r#"{"query": {"exists": {"field": null}}}"#,
            r#"{"query": {"term": {"n": {"value": null}}}}"#,
            r#"{"query": {"constant_score": {"filter": null}}}"#,
            r#"{"query": {"match": {"t": {"query": "a", "operator": null}}}}"#,
        ] {
            assert_ne!(error(body), "valid", "{body}");
        }
        insta::assert_snapshot!(error(r#"{"query": null}"#), @"1:11: expected an object, found null (at query)");
        for body in [
            r#"{"query": {"bool": {"must": null, "minimum_should_match": null}}}"#,
            r#"{"query": {"function_score": {"query": null}}}"#,
            r#"{"query": {"range": {"n": {"gte": null, "lt": 2}}}}"#,
            r#"{"sort": [{"n": {"missing": null}}]}"#,
        ] {
            assert_eq!(error(body), "valid", "{body}");
        }
        assert!(SearchRequest::parse_count(r#"{"query": null}"#, &Limits::default()).is_err());
    }

    #[test]
    fn duplicate_keys_are_mistakes() {
        insta::assert_snapshot!(
            error(r#"{"query": {"match_all": {}}, "query": {"match_none": {}}}"#),
            @"1:36: the request is not valid JSON: duplicate key [query] at line 1 column 36"
        );
    }

    #[test]
    fn the_result_window_is_bounded() {
        assert_eq!(error("{\"from\": 9990, \"size\": 10}"), "valid");
        insta::assert_snapshot!(
            error("{\"from\": 9991, \"size\": 10}"),
            @"Result window is too large, from + size must be less than or equal to: [10000] but was [10001]"
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| {
            let open = "{\"bool\": {\"must\": ".repeat(levels - 1);
            format!("{{\"query\": {open}{{\"match_all\": {{}}}}{}}}", "}}".repeat(levels - 1))
        };
        assert_eq!(error(&nested(30)), "valid");
        assert!(error(&nested(31)).contains("query nested too deeply: at most 30 levels are allowed"));
    }

    #[test]
    fn clauses_and_functions_are_counted() {
        let request = |clause: &str, count: usize| {
            format!("{{\"query\": {{\"bool\": {{\"should\": [{}]}}}}}}", vec![clause; count].join(","))
        };
        let all = "{\"match_all\": {}}";
        assert_eq!(error(&request(all, 1_023)), "valid");
        assert!(error(&request(all, 1_024)).contains("too many clauses: at most 1024 are allowed in a request"));
        let udf = "{\"wasm_udf\": {\"name\": \"f\"}}";
        assert_eq!(error(&request(udf, 32)), "valid");
        assert!(error(&request(udf, 33)).contains("too many functions: at most 32 calls are allowed in a request"));
    }
}
