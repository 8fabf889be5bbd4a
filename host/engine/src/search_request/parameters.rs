//! The parameters of a search in the URL.

use serde_json::Value as Json;

use super::terminate_after::terminate_after;
use super::{SearchRequest, inactive_keys};
use crate::Error;
use crate::json::{Node, ParseError, parse_timeout};
use crate::request::{Direction, Sort, TotalHits};
use crate::scores::Scores;

/// Applies the parameters of a URL to a request. Unknown ones are an error: nothing is silently ignored.
pub(super) fn apply(request: &mut SearchRequest, parameters: &[(String, String)]) -> Result<(), Error> {
    for (key, value) in parameters {
        let json = Json::String(value.clone());
        apply_one(request, key, &Node::root(&json))
            .map_err(|error| Error::Argument(format!("in the URL parameter [{key}]: {}", error.reason)))?;
    }
    Ok(())
}

fn apply_one(request: &mut SearchRequest, key: &str, value: &Node<'_>) -> Result<(), ParseError> {
    match key {
        "from" => request.from = count(value)?,
        "size" => request.size = count(value)?,
        "sort" => request.sort = sorts(value.text()?)?,
        "track_scores" => request.track_scores = value.text()?.is_empty() || value.boolean()?,
        "track_total_hits" => request.total_hits = Some(TotalHits::parse(value)?),
        "include_named_queries_score" => {
            let are_shown = value.text()?.is_empty() || value.boolean()?;
            request.named_scores = if are_shown { Scores::Needed } else { Scores::Ignored };
        }
        "terminate_after" => request.terminate_after = terminate_after(value)?,
        "timeout" => request.timeout = parse_timeout(value)?,
        _ if request.fetch.apply_parameter(key, value)? => {}
        _ if inactive_keys::allows_parameter(key, value)? => {}
        _ => return Err(value.error("unknown search parameter")),
    }
    Ok(())
}

/// Unlike in a body, a fraction is a mistake.
fn count(value: &Node<'_>) -> Result<usize, ParseError> {
    if value.text()?.contains('.') { Err(value.error("expected an integer without a fraction")) } else { value.count() }
}

fn sorts(text: &str) -> Result<Vec<Sort>, ParseError> {
    if text.is_empty() { Ok(Vec::new()) } else { text.split(',').map(sort).collect() }
}

fn sort(text: &str) -> Result<Sort, ParseError> {
    let Some((name, order)) = text.rsplit_once(':') else { return Ok(Sort::simple(text, None)) };
    let order = Json::String(order.to_owned());
    Ok(Sort::simple(name, Some(Direction::WORDS.read(&Node::root(&order))?)))
}
