//! Search profiles: functions of a clause that are stored under a name, as a template.

use quidditch_function::{FunctionResolver, PROFILE_NAMESPACE, StoredScript};

use crate::Error;
use crate::error::ScriptPlace;
use crate::functions::{Chain, ChainStage, FunctionCall, SearchProfileCall};
use crate::json::{Node, ParseError, PathText, parse};
use crate::limits::Limits;
use crate::request::{Parser, parse_chain};
use crate::template::{RenderBudget, Template};

/// Most bytes that a search profile is with its parameters. 1 MiB: its functions have arguments, not documents.
const MAX_PROFILE_BYTES: usize = 1 << 20;

/// The functions of a search profile.
pub(crate) struct SearchProfileChain {
    /// The numbers of their calls begin at 0.
    pub(crate) stages: Vec<ChainStage>,
    pub(crate) calls: Vec<FunctionCall>,
}

impl SearchProfileChain {
    /// Reads a search profile, and fills its template with the parameters of a call.
    ///
    /// # Errors
    /// [`Error::UnknownScript`] if it does not exist; [`Error::Argument`] if it is not a template, or what it becomes is not a call
    /// of functions; [`Error::Function`] if it cannot be read.
    pub(crate) async fn read(
        profile: &SearchProfileCall,
        functions: &dyn FunctionResolver,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let name = &profile.name;
        let stored = functions.script(name).await.map_err(Error::Function)?;
        let StoredScript { lang, source, .. } = stored.ok_or_else(|| Error::UnknownScript {
            place: ScriptPlace::of_path(&profile.path),
            reason: format!(
                "unknown search profile [{PROFILE_NAMESPACE}/{name}]: no stored template has the id [{name}]"
            ),
        })?;
        let filled = match lang.as_str() {
            "mustache" => fill(&source, profile, limits),
            _ => Err(format!("the stored script [{name}] is not a template: its language is [{lang}]")),
        };
        filled.map_err(|reason| {
            Error::Argument(format!("search profile [{PROFILE_NAMESPACE}/{name}] (at {}): {reason}", profile.path))
        })
    }
}

/// What a template becomes with the parameters of a call. An error says why that is no call of functions.
fn fill(source: &str, profile: &SearchProfileCall, limits: &Limits) -> Result<SearchProfileChain, String> {
    let mut budget = RenderBudget::new(MAX_PROFILE_BYTES);
    let text = Template::parse(source).and_then(|template| template.render(&profile.parameters, &mut budget));
    let text = text.map_err(|error| error.to_string())?;
    let json = parse(&text).map_err(|error| format!("the rendered template is not valid JSON: {error}"))?;
    let node = Node::root(&json);
    let mut parser = Parser::new(limits, &[]);
    let described = |error: ParseError| match PathText(&error.path).to_string() {
        path if path.is_empty() => error.reason,
        path => format!("{} (at {path} of the rendered template)", error.reason),
    };
    let chain = node.fields().and_then(|fields| parse_chain(fields, &node, profile.role, &mut parser));
    let Chain::Stages(stages) = chain.map_err(described)? else {
        return Err("a search profile cannot call another one".to_owned());
    };
    let mut calls = parser.into_calls();
    for call in &mut calls {
        let inside = std::mem::take(&mut call.path);
        call.path = if inside.is_empty() { profile.path.clone() } else { format!("{}.{inside}", profile.path) };
    }
    Ok(SearchProfileChain { stages, calls })
}

#[cfg(test)]
mod tests {
    use quidditch_function::Role;
    use serde_json::{Map, json};

    use super::*;

    fn filled(source: &str) -> Result<SearchProfileChain, String> {
        let parameters = Map::from_iter([("min".to_owned(), json!(5)), ("word".to_owned(), json!("a\"b"))]);
        let (name, path) = ("p".to_owned(), "query.script_score.wasm_udf".to_owned());
        fill(source, &SearchProfileCall { name, parameters, role: Role::Scorer, path }, &Limits::default())
    }

    #[test]
    fn templates_become_chains() {
        let source = r#"{"chain": [
            {"name": "a", "parameters": {"word": "{{word}}"}, "min_score": {{min}}, "as": "first"},
            {"name": "b", "version": "^1"}
        ]}"#;
        let SearchProfileChain { stages, calls } = filled(source).expect("valid");
        assert_eq!((stages.len(), stages[0].min_score, stages[0].name.as_deref()), (2, Some(5.0), Some("first")));
        assert_eq!(stages.iter().map(|stage| stage.call).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(calls[0].parameters["word"], "a\"b");
        assert_eq!(calls[1].path, "query.script_score.wasm_udf.chain[1]");
        assert_eq!((calls[0].inputs.len(), &calls[1].inputs[..]), (0, &["first".to_owned()][..]));
    }

    #[test]
    fn a_single_function_is_a_chain() {
        let SearchProfileChain { stages, calls } = filled(r#"{"name": "a"}"#).expect("valid");
        assert_eq!((Chain::Stages(stages), calls[0].path.as_str()), (Chain::only(0), "query.script_score.wasm_udf"));
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let error = |source: &str| filled(source).err().expect("invalid");
        insta::assert_snapshot!(error("{"), @"the rendered template is not valid JSON: EOF while parsing an object at line 1 column 1");
        insta::assert_snapshot!(error("{{#x}}"), @"Failed to close 'x' tag");
        insta::assert_snapshot!(error("[]"), @"expected an object, found a list");
        insta::assert_snapshot!(error(r#"{"chain": []}"#), @"[chain] requires at least one function (at chain of the rendered template)");
        insta::assert_snapshot!(error(r#"{"chain": [{"name": "a"}], "boost": 2}"#), @"[wasm_udf] with [chain] does not support [boost] (at boost of the rendered template)");
        insta::assert_snapshot!(error(r#"{"chain": [{"name": "a"}, {"name": "b", "x": 1}]}"#), @"a function of [chain] does not support [x] (at chain[1].x of the rendered template)");
        insta::assert_snapshot!(error(r#"{"name": "profile/b"}"#), @"a search profile cannot call another one");
        insta::assert_snapshot!(error(r#"{"chain": [{"name": "profile/b"}]}"#), @"the search profile [profile/b] is not supported here: it can only be called as a filter or a scorer (at chain[0] of the rendered template)");
        insta::assert_snapshot!(error(r#"{"chain": [{"name": "a", "as": "x"}, {"name": "b", "as": "x"}]}"#), @"duplicate [as] [x]: each name must be unique in a chain (at chain[1] of the rendered template)");
        let of_length = |bytes: usize| format!(r#"{{"name":"{}"}}"#, "a".repeat(bytes - r#"{"name":""}"#.len()));
        assert!(filled(&of_length(MAX_PROFILE_BYTES)).is_ok());
        let long = of_length(MAX_PROFILE_BYTES + 1);
        insta::assert_snapshot!(error(&long), @"the rendered template exceeds the limit of 1048576 bytes");
    }

    #[test]
    fn calls_are_limited() {
        let of = |count: usize| {
            let stages = vec![json!({"name": "a"}); count];
            filled(&json!({ "chain": stages }).to_string())
        };
        assert!(of(Limits::default().max_functions).is_ok());
        insta::assert_snapshot!(of(Limits::default().max_functions + 1).err().expect("too many"), @"too many functions: at most 32 calls are allowed in a request (at chain[32] of the rendered template)");
    }
}
