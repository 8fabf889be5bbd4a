//! Warnings about the functions of a request: the header `Warning`.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::header::WARNING;
use http::{HeaderMap, HeaderValue};
use quidditch_function::{Function, FunctionError, FunctionResolver, StoredScript};

use crate::node::{API_VERSION, ELASTICSEARCH_VERSION};
use crate::settings::Settings;

/// Most warnings of a response; one more says how many others there are. 10: clients limit the headers that they read.
const MAX_WARNINGS: usize = 10;

/// What the caller of a request is to know, each once.
#[derive(Default)]
pub(crate) struct Warnings(Mutex<Vec<String>>);

/// Finds the functions of a request, and notes those that are deprecated.
pub(crate) struct WarningFunctions {
    functions: Arc<dyn FunctionResolver>,
    warnings: Arc<Warnings>,
}

impl Warnings {
    fn add(&self, warning: String) {
        let mut warnings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Adds a header for each warning, in the form that clients of the API read.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap, settings: &Settings) {
        let warnings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in warnings.iter().take(MAX_WARNINGS) {
            headers.append(WARNING, header(warning, settings));
        }
        if warnings.len() > MAX_WARNINGS {
            let others = warnings.len() - MAX_WARNINGS;
            headers.append(WARNING, header(&format!("functions that are also deprecated: {others}"), settings));
        }
    }
}

/// `299 OpenSearch-2.19.0-unknown "what there is to know"`: 299 is a warning that lasts, and the agent ends in the revision of its
/// build.
fn header(warning: &str, settings: &Settings) -> HeaderValue {
    let agent = match settings.product_header {
        true => format!("Elasticsearch-{ELASTICSEARCH_VERSION}"),
        false => format!("OpenSearch-{API_VERSION}"),
    };
    let text = format!("299 {agent}-unknown \"{}\"", encoded(warning));
    HeaderValue::from_str(&text).expect("what is not visible ASCII is encoded")
}

/// A text between quotes in a header: quotes and backslashes are escaped, and what is not printable ASCII is encoded by percent
/// signs, and so these, too.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\\' => encoded.extend(['\\', character]),
            '%' => encoded.push_str("%25"),
            ' '..='~' => encoded.push(character),
            _ => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    write!(encoded, "%{byte:02X}").expect("a text can be written to");
                }
            }
        }
    }
    encoded
}

impl WarningFunctions {
    pub(crate) fn new(functions: &Arc<dyn FunctionResolver>, warnings: &Arc<Warnings>) -> Self {
        WarningFunctions { functions: Arc::clone(functions), warnings: Arc::clone(warnings) }
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for WarningFunctions {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        let function = self.functions.find(name, version).await?;
        if let Some(note) = function.deprecation() {
            self.warnings.add(format!("function [{}] is deprecated: {note}", function.metadata().id));
        }
        Ok(function)
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        self.functions.script(id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(warnings: &[&str], settings: &Settings) -> Vec<String> {
        let collected = Warnings::default();
        for warning in warnings {
            collected.add((*warning).to_owned());
        }
        let mut headers = HeaderMap::new();
        collected.add_to(&mut headers, settings);
        headers.get_all(WARNING).iter().map(|value| value.to_str().expect("ASCII").to_owned()).collect()
    }

    #[test]
    fn each_warning_is_a_header() {
        let warnings = ["function [f@1.0.0] is deprecated: use [g]", "b", "b"];
        assert_eq!(
            headers(&warnings, &Settings::default()),
            [
                "299 OpenSearch-2.19.0-unknown \"function [f@1.0.0] is deprecated: use [g]\"",
                "299 OpenSearch-2.19.0-unknown \"b\""
            ]
        );
        let settings = Settings { product_header: true, ..Settings::default() };
        assert_eq!(headers(&["a"], &settings), ["299 Elasticsearch-7.17.0-unknown \"a\""]);
        assert!(headers(&[], &settings).is_empty());
    }

    #[test]
    fn texts_are_encoded_as_clients_expect() {
        assert_eq!(encoded(r#"a "b" \ 50 %"#), r#"a \"b\" \\ 50 %25"#);
        assert_eq!(encoded("ü\n✓"), "%C3%BC%0A%E2%9C%93");
    }

    #[test]
    fn there_are_few_headers() {
        let warnings: Vec<String> = (0..MAX_WARNINGS + 1).map(|number| number.to_string()).collect();
        let warnings: Vec<&str> = warnings.iter().map(String::as_str).collect();
        let settings = Settings::default();
        assert_eq!(headers(&warnings[..MAX_WARNINGS], &settings).len(), MAX_WARNINGS);
        let more = headers(&warnings, &settings);
        assert_eq!(more.len(), MAX_WARNINGS + 1);
        assert_eq!(more[MAX_WARNINGS], "299 OpenSearch-2.19.0-unknown \"functions that are also deprecated: 1\"");
    }
}
