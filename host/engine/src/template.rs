//! Templates of searches, and of queries in them, in the dialect of Mustache that OpenSearch uses.
//!
//! `{{x}}` is a parameter, escaped for a JSON string; `{{{x}}}` and `{{&x}}` are not escaped. `{{#x}}...{{/x}}` is repeated for
//! each item of a list, and left out where `x` is missing, null, false or empty; `{{^x}}...{{/x}}` is the reverse. The functions
//! `toJson`, `join` and `url` take the text inside of their tags. There are no partials.
//!
//! It is written here, since the libraries for Mustache have neither these functions nor this escaping.

mod budget;
mod render;
mod syntax;
mod template_error;

use serde_json::{Map, Value as Json};

use render::Renderer;
use syntax::{Node, parse};

pub use budget::RenderBudget;
pub use template_error::TemplateError;

/// A template that was parsed.
#[derive(Debug, PartialEq)]
pub struct Template(Vec<Node>);

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// [`TemplateError::Syntax`].
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        parse(source).map(Template)
    }

    /// The text that it makes with these parameters.
    ///
    /// # Errors
    /// [`TemplateError::TooLong`] if less is left of the budget.
    pub fn render(&self, params: &Map<String, Json>, budget: &mut RenderBudget) -> Result<String, TemplateError> {
        let params = Json::Object(params.clone());
        let mut renderer = Renderer::new(&params, budget);
        renderer.nodes(&self.0)?;
        Ok(renderer.into_text())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(source: &str, params: Json) -> String {
        let Json::Object(params) = params else { panic!("an object") };
        match Template::parse(source).and_then(|template| template.render(&params, &mut RenderBudget::new(1_000))) {
            Ok(text) => text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn variables_are_escaped_for_json() {
        let text = "q\"<&\n\u{1}/ü";
        assert_eq!(render("{{x}} {{ x }}", json!({"x": text})), r#"q\"<&\n\u0001/ü q\"<&\n\u0001/ü"#);
        assert_eq!(render("{{{x}}}|{{&x}}", json!({"x": text})), format!("{text}|{text}"));
        assert_eq!(render("{{x.y}},{{z}},{{x.w.v}}", json!({"x": {"y": 1.5}, "z": null})), "1.5,,");
        assert_eq!(render("{{l.1}}{{l.size}}{{l.0.k}}{{s.length}}", json!({"l": [{"k": 5}, "y"], "s": "abc"})), "y253");
        assert_eq!(render("{{b}}{{n}}{{f}}", json!({"b": true, "n": 12, "f": 1e30})), "true121.0E30");
        assert_eq!(
            render("{{a}} {{b}} {{c}}", json!({"a": 1e7, "b": 0.0001, "c": 1234567.5})),
            "1.0E7 1.0E-4 1234567.5"
        );
        assert_eq!(render("{{x}}", json!({"x": {"y": [1, null, "s"]}})), "{y=[1, null, s]}");
        assert_eq!(render("{{x}}", json!({"x": [1, null, {"k": true}]})), "{0=1, 1=null, 2={k=true}}");
        assert_eq!(render("{{! nothing }}a", json!({})), "a");
    }

    #[test]
    fn sections_repeat_or_leave_out() {
        let of = |value: Json| render("{{#v}}T{{/v}}{{^v}}F{{/v}}", json!({ "v": value }));
        for value in [json!(0), json!(0.0), json!("x"), json!(true), json!([1]), json!({}), json!({"a": 1})] {
            assert_eq!(of(value.clone()), "T", "{value}");
        }
        for value in [json!(""), json!(false), json!(null), json!([])] {
            assert_eq!(of(value.clone()), "F", "{value}");
        }
        assert_eq!(render("{{^v}}F{{/v}}", json!({})), "F");
        assert_eq!(render("{{#l}}{{n}}{{o}},{{/l}}", json!({"l": [{"n": 1}, {"n": 2}], "o": "z"})), "1z,2z,");
        assert_eq!(render("{{#v}}{{#.}}{{.}}-{{/.}}{{/v}}", json!({"v": [[1, 2], [3]]})), "1-2-3-");
        assert_eq!(render("{{#v}}{{k}}{{/v}}", json!({"v": {"k": 1}, "k": 2})), "1");
        assert_eq!(render("{{#a}}x{{#b}}y{{/b}}{{/a}}", json!({"a": true, "b": "s"})), "xy");
    }

    #[test]
    fn functions_take_the_text_inside() {
        let params = || json!({"v": {"x": [1, "a\"é"]}, "u": "x y"});
        assert_eq!(render("{{#toJson}}v{{/toJson}}", params()), r#"{"x":[1,"a\"é"]}"#);
        assert_eq!(render("{{#toJson}} v.x {{/toJson}}", params()), r#"[1,"a\"é"]"#);
        assert_eq!(render("{{#toJson}}nope{{/toJson}}", params()), "");
        assert_eq!(render("{{#join}}v.x{{/join}}", params()), r#"1,a\"é"#);
        assert_eq!(render("{{#join delimiter='||'}}v.x{{/join delimiter='||'}}", params()), r#"1||a\"é"#);
        assert_eq!(render("{{#url}}a b/{{u}}&ü{{/url}}", params()), "a+b%2Fx+y%26%C3%BC");
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |source: &str| render(source, json!({}));
        insta::assert_snapshot!(error("{{#x}}"), @"Failed to close 'x' tag");
        insta::assert_snapshot!(error("a{{v"), @"Improperly closed variable");
        insta::assert_snapshot!(error("{{/v}}"), @"Mismatched start/end tags: null != v");
        insta::assert_snapshot!(error("{{#v}}{{#w}}{{/v}}{{/w}}"), @"Mismatched start/end tags: w != v");
        insta::assert_snapshot!(error("{{>p}}"), @"Template p not found: partials are not supported");
        insta::assert_snapshot!(error("{{=<% %>=}}"), @"other delimiters than {{ and }} are not supported");
        insta::assert_snapshot!(error(&format!("{}{}", "{{#a}}".repeat(31), "{{/a}}".repeat(31))), @"sections are nested more than 30 levels deep");
        assert_eq!(error(&format!("{}{}", "{{#a}}".repeat(30), "{{/a}}".repeat(30))), "");
    }

    #[test]
    fn work_that_writes_little_is_limited() {
        // Each length reads 100 bytes, and the name of it 3.
        let template = "{{#l}}{{t.length}}{{/l}}";
        let params = |items: usize| json!({"l": vec![1; items], "t": "a".repeat(100)});
        assert_eq!(render(template, params(35)), "100".repeat(35));
        insta::assert_snapshot!(render(template, params(40)), @"the rendered template exceeds the limit of 1000 bytes");
    }

    #[test]
    fn templates_of_a_request_share_their_budget() {
        let mut budget = RenderBudget::new(1_000);
        let template = Template::parse(&"a".repeat(500)).expect("valid");
        let mut render = || template.render(&Map::new(), &mut budget).map(|text| text.len());
        assert_eq!((render(), render()), (Ok(500), Ok(500)));
        assert_eq!(render(), Err(TemplateError::TooLong { max_bytes: 1_000 }));
    }

    #[test]
    fn the_length_of_the_text_is_limited() {
        assert_eq!(render("{{x}}", json!({"x": "a".repeat(1_000)})).len(), 1_000);
        insta::assert_snapshot!(
            render("{{x}}b", json!({"x": "a".repeat(1_000)})),
            @"the rendered template exceeds the limit of 1000 bytes"
        );
        let many = json!({"l": vec![0; 100]});
        insta::assert_snapshot!(
            render("{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}x{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}", many),
            @"the rendered template exceeds the limit of 1000 bytes"
        );
        let silent = json!({"l": vec![0; 100]});
        insta::assert_snapshot!(
            render("{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}", silent),
            @"the rendered template exceeds the limit of 1000 bytes"
        );
    }
}
