//! Analyzers: from texts to terms.
//!
//! An analyzer is a chain of character filters, a tokenizer and token filters. `char_filter.rs`, `tokenizer.rs` and `filter.rs` list
//! the parts, `built_in.rs` the analyzers that every index has.

mod analyze;
mod analyze_request;
mod analyzer;
mod analyzer_parts;
mod apostrophe;
mod built_in;
mod char_classes;
mod char_filter;
mod definitions;
mod derived;
mod each_term;
mod filter;
mod java_regex;
mod language;
mod light_stem;
mod lowercase;
mod ngram_sizes;
mod offsets;
mod options;
mod position_gap;
#[cfg(test)]
mod recorded_tests;
mod shingles;
mod stem;
mod tantivy_filter;
mod token;
mod token_limit;
mod tokenizer;
mod unicode_words;
mod word_runs;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use crate::IndexError;
use crate::excerpt::json_excerpt;

use built_in::{built_in, built_in_names, read_built_in};
use definitions::{Definitions, invalid};
use each_term::EachTerm;
use language::MISSING_LANGUAGES;
use lowercase::lowercase;
use options::{Options, SizeLimits};
use position_gap::WithPositionGap;
use unicode_words::UnicodeWords;

pub(crate) use analyze::analyze_all;
pub use analyze::{AnalyzeError, AnalyzedToken};
pub(crate) use analyze_request::{ANALYZER_PARTS, AnalyzeRequest, RequestedAnalyzer};
pub(crate) use analyzer::Analyzer;
pub(crate) use derived::DerivedAnalyzer;
pub use derived::MAX_BEGINNING;
pub use shingles::Shingles;

/// The name of the analyzer that an index can define for fields without one.
const DEFAULT: &str = "default";

/// The keys of the settings `analysis`.
const KEYS: [&str; 5] = ["analyzer", "normalizer", "tokenizer", "filter", "char_filter"];

/// The analyzers of an index: the built-in ones and its own.
#[derive(Clone, Default)]
pub(crate) struct Analysis {
    /// The settings as they were given.
    settings: Arc<Map<String, Json>>,
    limits: SizeLimits,
    own: Arc<BTreeMap<String, Analyzer>>,
    normalizers: Arc<BTreeMap<String, Analyzer>>,
}

impl PartialEq for Analysis {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings && self.limits == other.limits
    }
}

impl fmt::Debug for Analysis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Analysis").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Analysis {
    /// Reads the settings `analysis`, `max_ngram_diff` and `max_shingle_diff` of an index.
    pub(crate) fn from_settings(settings: &Map<String, Json>, path: &str) -> Result<Self, IndexError> {
        let options = &mut Options::new(settings, path, SizeLimits::default());
        let limits = SizeLimits {
            ngram: options.count("max_ngram_diff", SizeLimits::default().ngram)?,
            shingle: options.count("max_shingle_diff", SizeLimits::default().shingle)?,
        };
        match settings.get("analysis") {
            Some(json) => Self::from_json(json, &format!("{path}.analysis"), limits),
            None => Ok(Analysis { limits, ..Analysis::default() }),
        }
    }

    /// Reads `{"analyzer": {"name": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]}}}`.
    fn from_json(json: &Json, path: &str, limits: SizeLimits) -> Result<Self, IndexError> {
        let settings = json.as_object().ok_or_else(|| invalid(path, "not an object"))?;
        for (key, value) in settings {
            if !KEYS.contains(&key.as_str()) {
                return Err(invalid(&format!("{path}.{key}"), format!("unknown key; known keys: {}", KEYS.join(", "))));
            }
            if !value.is_object() {
                return Err(invalid(&format!("{path}.{key}"), "not an object"));
            }
        }
        let definitions = Definitions { analysis: settings, limits };
        definitions.check()?;
        let mut own = BTreeMap::new();
        for (name, json) in definitions.all("analyzer") {
            let path = format!("{path}.analyzer.{name}");
            if built_in_names().any(|known| known == name) {
                return Err(invalid(&path, "a built-in analyzer has this name"));
            }
            own.insert(name.clone(), read_analyzer(&definitions, json, &path)?);
        }
        let mut normalizers = BTreeMap::new();
        for (name, json) in definitions.all("normalizer") {
            let path = format!("{path}.normalizer.{name}");
            normalizers.insert(name.clone(), read_normalizer(&definitions, json, &path)?);
        }
        let settings = Arc::new(settings.clone());
        Ok(Analysis { settings, limits, own: Arc::new(own), normalizers: Arc::new(normalizers) })
    }

    /// Adds the settings that [`Analysis::from_settings`] reads and that differ from the defaults.
    pub(crate) fn add_to_settings(&self, settings: &mut Map<String, Json>) {
        let default = SizeLimits::default();
        if self.limits.ngram != default.ngram {
            settings.insert("max_ngram_diff".to_owned(), self.limits.ngram.into());
        }
        if self.limits.shingle != default.shingle {
            settings.insert("max_shingle_diff".to_owned(), self.limits.shingle.into());
        }
        if !self.settings.is_empty() {
            settings.insert("analysis".to_owned(), Json::Object((*self.settings).clone()));
        }
    }

    fn definitions(&self) -> Definitions<'_> {
        Definitions { analysis: &self.settings, limits: self.limits }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        name == DEFAULT || self.own.contains_key(name) || built_in_names().any(|known| known == name)
    }

    /// The analyzer of that name.
    pub(crate) fn analyzer(&self, name: &str) -> Option<Analyzer> {
        if let Some((analyzer, derived)) = DerivedAnalyzer::parse(name) {
            return Some(derived.of(self.analyzer(analyzer)?));
        }
        self.own.get(name).cloned().or_else(|| built_in(if name == DEFAULT { self.default_name() } else { name }))
    }

    /// The normalizer of that name; there is one built-in one, `lowercase`.
    pub(crate) fn normalizer(&self, name: &str) -> Option<Analyzer> {
        match self.normalizers.get(name) {
            Some(normalizer) => Some(normalizer.clone()),
            None if name == "lowercase" => {
                Some(Analyzer::keyword().filter(filter::EachTermFilter::of_characters(lowercase)))
            }
            None => None,
        }
    }

    /// The name of the analyzer of fields without one.
    pub(crate) fn default_name(&self) -> &'static str {
        if self.own.contains_key(DEFAULT) { DEFAULT } else { "standard" }
    }

    /// The name of the analyzer of queries for such fields, if it is another.
    pub(crate) fn default_search_name(&self) -> Option<&'static str> {
        self.own.contains_key("default_search").then_some("default_search")
    }

    pub(crate) fn default_analyzer(&self) -> Analyzer {
        self.analyzer(self.default_name()).unwrap_or_else(Analyzer::keyword)
    }

    /// The names of all analyzers, for error messages.
    pub(crate) fn names(&self) -> String {
        let mut names: Vec<&str> = built_in_names().collect();
        names.extend(self.own.keys().map(String::as_str));
        names.join(", ")
    }

    /// The names of all normalizers, for error messages.
    pub(crate) fn normalizer_names(&self) -> String {
        let own = self.normalizers.keys().map(String::as_str);
        std::iter::once("lowercase").chain(own).collect::<Vec<_>>().join(", ")
    }

    /// These analyzers as tantivy's tokenizers, under their names.
    pub(crate) fn tokenizers<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> TokenizerManager {
        self.register(names, |analyzer| analyzer)
    }

    /// The same for documents.
    pub(crate) fn document_tokenizers<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> TokenizerManager {
        self.register(names, |analyzer| TextAnalyzer::from(WithPositionGap(analyzer)))
    }

    fn register<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        changed: impl Fn(TextAnalyzer) -> TextAnalyzer,
    ) -> TokenizerManager {
        let manager = TokenizerManager::default();
        for name in names {
            if let Some(analyzer) = self.build(name) {
                manager.register(name, changed(analyzer));
            }
        }
        manager
    }

    /// The analyzer of this name for a part of a term, such as the beginning of one: it changes letters as the analyzer does, but
    /// neither splits nor drops anything, and does not reduce words to their stems.
    pub(crate) fn for_parts(&self, name: &str) -> Option<TextAnalyzer> {
        Some(self.analyzer(name)?.for_parts().build())
    }

    fn build(&self, name: &str) -> Option<TextAnalyzer> {
        // The most common analyzer, without lists of tokens.
        if name == "standard" {
            return Some(TextAnalyzer::builder(UnicodeWords::default()).filter(EachTerm(lowercase)).build());
        }
        Some(self.analyzer(name)?.build())
    }
}

fn read_analyzer(definitions: &Definitions<'_>, json: &Json, path: &str) -> Result<Analyzer, IndexError> {
    let object = json.as_object().ok_or_else(|| invalid(path, "not an object"))?;
    let mut options = Options::new(object, path, definitions.limits);
    let kind = options.text("type")?.unwrap_or_else(|| "custom".to_owned());
    let analyzer = match kind.as_str() {
        "custom" => definitions.custom_analyzer(&mut options, path)?,
        kind => match read_built_in(kind, &mut options) {
            Some(read) => {
                let mut analyzer = read?;
                analyzer.position_gap = options.count("position_increment_gap", analyzer.position_gap)?;
                analyzer
            }
            None => {
                let what = if MISSING_LANGUAGES.contains(&kind) { "is not supported" } else { "is unknown" };
                let known: Vec<_> = built_in_names().collect();
                let reason = format!("the analyzer type {kind:?} {what}; known types: custom, {}", known.join(", "));
                return Err(options.error("type", reason));
            }
        },
    };
    options.finish()?;
    Ok(analyzer)
}

fn read_normalizer(definitions: &Definitions<'_>, json: &Json, path: &str) -> Result<Analyzer, IndexError> {
    let object = json.as_object().ok_or_else(|| invalid(path, "not an object"))?;
    let mut options = Options::new(object, path, definitions.limits);
    match options.text("type")?.as_deref() {
        None | Some("custom") => {}
        Some(other) => {
            return Err(
                options.error("type", format!("unknown type {}; it must be \"custom\"", json_excerpt(&other.into())))
            );
        }
    }
    let normalizer = definitions.normalizer(&mut options, path)?;
    options.finish()?;
    Ok(normalizer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tantivy::tokenizer::TokenStream;

    use super::*;

    fn terms(analysis: &Analysis, name: &str, text: &str) -> Vec<(usize, String)> {
        let manager = analysis.tokenizers([name]);
        let mut analyzer = manager.get(name).expect("it is known");
        let mut terms = Vec::new();
        analyzer.token_stream(text).process(&mut |token| terms.push((token.position, token.text.clone())));
        terms
    }

    fn read(json: &Json) -> Result<Analysis, IndexError> {
        Analysis::from_json(json, "settings.analysis", SizeLimits::default())
    }

    fn words(name: &str, text: &str) -> Vec<String> {
        terms(&Analysis::default(), name, text).into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn built_in_analyzers_analyze() {
        let text = "The QUICK brown-foxes can't stop, O'Neil's 2.5 example.com";
        assert_eq!(
            words("standard", text),
            ["the", "quick", "brown", "foxes", "can't", "stop", "o'neil's", "2.5", "example.com"]
        );
        assert_eq!(words("simple", "It's 2 Foxes"), ["it", "s", "foxes"]);
        assert_eq!(words("whitespace", "It's 2  Foxes"), ["It's", "2", "Foxes"]);
        assert_eq!(words("keyword", "It's 2 Foxes"), ["It's 2 Foxes"]);
        assert_eq!(words("standard", "東京 Zürich"), ["東", "京", "zürich"]);
        assert_eq!(words("standard", "İzmir 🍕 ① สวัสดี"), ["izmir", "🍕", "สวัสดี"]);
    }

    /// What OpenSearch 2.19 makes of the same texts.
    #[test]
    fn languages_analyze_as_clients_expect() {
        for (name, text, expected) in [
            (
                "english",
                "The foxes of O'Neil's running generously happily organization skies dying",
                "fox o'neil run gener happili organ ski dy",
            ),
            (
                "dutch",
                "De kinderen kind fietsen fiets bromfietsen ei eieren lopende mogelijkheden Kühe running",
                "kinder kinder fiets fiets bromfiets eier eier lopend mogelijk kuh running",
            ),
            ("turkish", "ISPARTA'da İzmir kitapları Ankara\u{2019}nın IŞIK", "ıspar izmir kitap ankar ışık"),
            (
                "german",
                "Die Häuser Haeuser und Straßen Strassen der Gärten schönste Quellen neue",
                "haus haus strass strass gart schon quell neu",
            ),
            (
                "french",
                "L'avion d'été qu'il les chevaux nationalisation actrices premièrement belle cousine",
                "avion été cheval national acteu premier bele cousin",
            ),
            (
                "italian",
                "l'amica dell'arte le città bellissime amiche ragazzi",
                "amica arte città bellissim amic ragazz",
            ),
            ("spanish", "Las niñas corriendo voces meses canción ciudades", "niñ corriend voz mes cancion ciudad"),
            (
                "portuguese",
                "Os corações e as meninas francesas rapidamente animais bons",
                "coraca menin frances rapid animal bom",
            ),
        ] {
            assert_eq!(words(name, text).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn stop_words_leave_gaps() {
        let expected = [(0, "fox".to_owned()), (3, "hen".to_owned())];
        assert_eq!(terms(&Analysis::default(), "english", "fox and the hen"), expected);
    }

    #[test]
    fn every_listed_name_is_an_analyzer() {
        let analysis = Analysis::default();
        for name in analysis.names().split(", ") {
            assert!(analysis.has(name), "{name}");
            assert!(!terms(&analysis, name, "word").is_empty(), "{name}");
        }
    }

    #[test]
    fn custom_analyzers_are_read_and_used() {
        let json = json!({"analyzer": {"folded": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]}}});
        let analysis = read(&json).expect("valid");
        assert_eq!(terms(&analysis, "folded", "Zürich"), [(0, "zurich".to_owned())]);
        let stemmed = json!({"analyzer": {"stemmed": {"tokenizer": "standard", "filter": ["stop", "stemmer"]}}});
        let stemmed = read(&stemmed).expect("valid");
        assert_eq!(terms(&stemmed, "stemmed", "generously"), [(0, "gener".to_owned())]);
        let mut settings = Map::new();
        analysis.add_to_settings(&mut settings);
        assert_eq!(settings.get("analysis"), Some(&json));
    }

    #[test]
    fn mistakes_name_their_path() {
        let refusal = |json| read(&json).expect_err("refused").to_string();
        insta::assert_snapshot!(refusal(json!({"analyser": {}})), @"invalid mapping at [settings.analysis.analyser]: unknown key; known keys: analyzer, normalizer, tokenizer, filter, char_filter");
        insta::assert_snapshot!(refusal(json!({"analyzer": {"standard": {"tokenizer": "standard"}}})), @"invalid mapping at [settings.analysis.analyzer.standard]: a built-in analyzer has this name");
        insta::assert_snapshot!(refusal(json!({"analyzer": {"a": {"tokenizer": "xgram"}}})), @r#"invalid mapping at [settings.analysis.analyzer.a.tokenizer]: unknown tokenizer "xgram"; known: standard, whitespace, keyword, letter, lowercase, classic, uax_url_email, pattern, ngram, nGram, edge_ngram, edgeNGram, path_hierarchy, char_group"#);
        insta::assert_snapshot!(refusal(json!({"analyzer": {"a": {"filter": []}}})), @"invalid mapping at [settings.analysis.analyzer.a]: missing `tokenizer`");
        insta::assert_snapshot!(refusal(json!({"analyzer": {"a": {"tokenizer": "letter", "filter": ["kstem"]}}})), @r#"invalid mapping at [settings.analysis.analyzer.a.filter]: the filter "kstem" is not available: no library provides this stemmer"#);
    }
}
