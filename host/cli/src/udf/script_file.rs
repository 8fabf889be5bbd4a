//! A file with a script that is published as a function.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use quidditch_expression::{Language, Script, ScriptLimits};
use quidditch_function::{Parameter, ParameterKind, Provenance, Roles, StoredScript, Value};
use quidditch_registry::ScriptPublication;
use serde_json::{Map, Value as Json};

/// What a script is published with.
pub(super) struct ScriptFile<'a> {
    pub(super) source: &'a str,
    pub(super) language: Language,
    pub(super) roles: Roles,
    pub(super) parameters: Option<&'a Map<String, Json>>,
    pub(super) summary: Option<&'a str>,
}

/// The language of a script, by the name of its file; `None` if it is not a script.
pub(super) fn language(file: &Path) -> Option<Language> {
    match file.extension()?.to_str()? {
        "expr" => Some(Language::Expression),
        "painless" => Some(Language::Painless),
        _ => None,
    }
}

impl ScriptFile<'_> {
    /// Checks everything that needs no index.
    pub(super) fn publication(&self, name: &str, version: &str, provenance: Provenance) -> Result<ScriptPublication> {
        if self.roles.is_empty() {
            bail!("specify what the script is for: --role filter, --role scorer or --role values");
        }
        let no_parameters = Map::new();
        let script = Script { language: self.language, source: self.source, params: &no_parameters };
        script
            .check_syntax(ScriptLimits::default())
            .map_err(|error| error.cause)
            .context("the script has a mistake")?;
        let parameters = self.parameters.into_iter().flatten().map(|(name, declared)| parameter(name, declared));
        let first_line = self.source.lines().next().unwrap_or_default();
        Ok(ScriptPublication {
            name: name.to_owned(),
            version: version.to_owned(),
            script: StoredScript {
                lang: self.language.name().to_owned(),
                source: self.source.to_owned(),
                options: BTreeMap::new(),
            },
            summary: self.summary.unwrap_or(first_line).to_owned(),
            roles: self.roles,
            parameters: parameters.collect::<Result<_>>()?,
            provenance,
        })
    }
}

/// Reads `"float"`, or `{"kind": "float", "default": 1.5, "summary": "..."}`.
fn parameter(name: &str, declared: &Json) -> Result<Parameter> {
    let no_options = Map::new();
    let (kind_name, options) = match declared {
        Json::String(kind) => (kind.as_str(), &no_options),
        Json::Object(options) => {
            let kind = options.get("kind").and_then(Json::as_str);
            (kind.with_context(|| format!("parameter [{name}] has no [kind]"))?, options)
        }
        _ => bail!("parameter [{name}] must be the name of a kind, or an object with a [kind]"),
    };
    if let Some(unknown) = options.keys().find(|key| !matches!(key.as_str(), "kind" | "default" | "summary")) {
        bail!("parameter [{name}] has the unknown key [{unknown}]: known are [kind], [default] and [summary]");
    }
    let kind = ParameterKind::from_name(kind_name).with_context(|| {
        format!(
            "parameter [{name}] has the unknown kind [{kind_name}]: known are boolean, integer, float, text, integers, floats, \
             texts, json and field"
        )
    })?;
    let default = match options.get("default") {
        None => None,
        Some(json) => {
            let value = Value::from_json(kind, json);
            Some(value.with_context(|| {
                format!("the default of parameter [{name}] must be of the kind [{kind_name}], got {json}")
            })?)
        }
    };
    let summary = options.get("summary").and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Parameter { name: name.to_owned(), kind, required: default.is_none(), default, summary })
}

#[cfg(test)]
mod tests {
    use quidditch_function::Role;
    use serde_json::json;

    use super::*;

    fn publish(source: &str, parameters: Json) -> Result<ScriptPublication> {
        let script = ScriptFile {
            source,
            language: Language::Expression,
            roles: Role::Scorer.into(),
            parameters: parameters.as_object(),
            summary: None,
        };
        script.publication("score", "1.0.0", Provenance::default())
    }

    #[test]
    fn parameters_have_kinds_and_defaults() {
        let publication =
            publish("_score * factor", json!({"factor": "float", "base": {"kind": "integer", "default": 2}}));
        let publication = publication.expect("valid");
        assert_eq!(publication.summary, "_score * factor");
        let mut parameters: Vec<_> =
            publication.parameters.iter().map(|it| (&*it.name, it.kind, it.required)).collect();
        parameters.sort_unstable_by_key(|(name, ..)| *name);
        assert_eq!(parameters, [("base", ParameterKind::Integer, false), ("factor", ParameterKind::Float, true)]);
    }

    #[test]
    fn mistakes_are_found_before_publishing() {
        let error =
            |source: &str, parameters: Json| format!("{:#}", publish(source, parameters).expect_err("a mistake"));
        assert!(error("_score *", json!({})).starts_with("the script has a mistake: unexpected end of script"));
        assert!(error("1", json!({"a": "number"})).starts_with("parameter [a] has the unknown kind [number]"));
        assert_eq!(error("1", json!({"a": 1})), "parameter [a] must be the name of a kind, or an object with a [kind]");
        assert_eq!(
            error("1", json!({"a": {"kind": "float", "default": "x"}})),
            "the default of parameter [a] must be of the kind [float], got \"x\""
        );
        assert!(error("1", json!({"a": {"kind": "float", "max": 1}})).contains("unknown key [max]"));
    }

    #[test]
    fn the_name_of_a_file_says_what_it_is() {
        assert_eq!(language(Path::new("a/score.expr")), Some(Language::Expression));
        assert_eq!(language(Path::new("score.painless")), Some(Language::Painless));
        assert_eq!(language(Path::new("score.wasm")), None);
    }
}
