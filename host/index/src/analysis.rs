//! Analyzers: from texts to terms.

mod apostrophe;
mod each_term;
mod light_stem;
mod lowercase;
mod stem;
mod unicode_words;
mod word_runs;

use std::collections::BTreeMap;

use apostrophe::{remove_french_article, remove_from_apostrophe, remove_italian_article, remove_possessive};
use each_term::EachTerm;
use light_stem::{normalize_german, stem_french, stem_german, stem_italian, stem_portuguese, stem_spanish};
use lowercase::{lowercase, lowercase_turkish};
use serde_json::Value as Json;
use stem::{stem_dutch, stem_english};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, TokenizerManager,
};
use unicode_words::{Letters, UnicodeWords, Unspaced};

use crate::IndexError;
use crate::field::json_excerpt;

/// The languages whose names are analyzers: Unicode words in lower case, without the language's stop words if it has any, reduced
/// to their stems; see [`of_language`].
const LANGUAGES: [(&str, Language); 18] = [
    ("arabic", Language::Arabic),
    ("danish", Language::Danish),
    ("dutch", Language::Dutch),
    ("english", Language::English),
    ("finnish", Language::Finnish),
    ("french", Language::French),
    ("german", Language::German),
    ("greek", Language::Greek),
    ("hungarian", Language::Hungarian),
    ("italian", Language::Italian),
    ("norwegian", Language::Norwegian),
    ("portuguese", Language::Portuguese),
    ("romanian", Language::Romanian),
    ("russian", Language::Russian),
    ("spanish", Language::Spanish),
    ("swedish", Language::Swedish),
    ("tamil", Language::Tamil),
    ("turkish", Language::Turkish),
];

/// The analyzers of an index: the built-in ones and its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Analysis {
    own: BTreeMap<String, Analyzer>,
}

/// A tokenizer, and the filters that its tokens pass through, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Analyzer {
    tokenizer: Tokenizer,
    filters: Vec<Filter>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tokenizer {
    /// Words as Unicode defines them.
    Standard,
    /// Sequences of letters.
    Letter,
    Whitespace,
    /// The whole text.
    Keyword,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    Lowercase,
    LowercaseTurkish,
    AsciiFolding,
    Apostrophe(Apostrophe),
    Stop(Language),
    /// Makes the spellings of German umlauts equal.
    NormalizeGerman,
    Stem(Language),
}

/// What is removed before or after an apostrophe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apostrophe {
    /// The English `'s`.
    Possessive,
    /// Everything that follows it.
    TurkishEnding,
    FrenchArticle,
    ItalianArticle,
}

const TOKENIZERS: [(&str, Tokenizer); 4] = [
    ("standard", Tokenizer::Standard),
    ("letter", Tokenizer::Letter),
    ("whitespace", Tokenizer::Whitespace),
    ("keyword", Tokenizer::Keyword),
];

/// The filters of custom analyzers. `stop` and `stemmer` are English, as clients expect.
const FILTERS: [(&str, Filter); 4] = [
    ("lowercase", Filter::Lowercase),
    ("asciifolding", Filter::AsciiFolding),
    ("stop", Filter::Stop(Language::English)),
    ("stemmer", Filter::Stem(Language::English)),
];

impl Analysis {
    /// Reads `{"analyzer": {"name": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]}}}`.
    pub(crate) fn from_json(json: &Json, path: &str) -> Result<Self, IndexError> {
        let invalid = |path: String, reason: String| IndexError::InvalidMapping { path, reason };
        let not_an_object = |path: &str| invalid(path.to_owned(), "not an object".to_owned());
        let mut own = BTreeMap::new();
        for (key, analyzers) in json.as_object().ok_or_else(|| not_an_object(path))? {
            let path = format!("{path}.{key}");
            if key != "analyzer" {
                return Err(invalid(path, "unknown key; known keys: analyzer".to_owned()));
            }
            for (name, definition) in analyzers.as_object().ok_or_else(|| not_an_object(&path))? {
                let path = format!("{path}.{name}");
                if built_in(name).is_some() {
                    return Err(invalid(path, "a built-in analyzer has this name".to_owned()));
                }
                own.insert(name.clone(), Analyzer::from_json(definition, &path)?);
            }
        }
        Ok(Analysis { own })
    }

    /// The JSON that [`Analysis::from_json`] reads; `None` if the index has no analyzers of its own.
    pub(crate) fn to_json(&self) -> Option<Json> {
        if self.own.is_empty() {
            return None;
        }
        let analyzers: serde_json::Map<_, _> =
            self.own.iter().map(|(name, analyzer)| (name.clone(), analyzer.to_json())).collect();
        Some(serde_json::json!({ "analyzer": analyzers }))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.own.contains_key(name) || built_in(name).is_some()
    }

    /// The names of all analyzers, for error messages.
    pub(crate) fn names(&self) -> String {
        let built_in = ["standard", "simple", "whitespace", "keyword"].into_iter();
        let languages = LANGUAGES.iter().map(|(name, _)| *name);
        let own = self.own.keys().map(String::as_str);
        built_in.chain(languages).chain(own).collect::<Vec<_>>().join(", ")
    }

    /// These analyzers as tantivy's tokenizers, under their names.
    pub(crate) fn tokenizers<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> TokenizerManager {
        let manager = TokenizerManager::default();
        for name in names {
            if let Some(analyzer) = self.own.get(name).cloned().or_else(|| built_in(name)) {
                manager.register(name, analyzer.build());
            }
        }
        manager
    }

    /// The analyzer of this name for a part of a term, such as the beginning of one: it changes letters as the analyzer does, but
    /// neither splits nor drops anything, and does not reduce words to their stems.
    pub(crate) fn normalizer(&self, name: &str) -> Option<TextAnalyzer> {
        let mut analyzer = self.own.get(name).cloned().or_else(|| built_in(name))?;
        analyzer.tokenizer = Tokenizer::Keyword;
        analyzer.filters.retain(|filter| match filter {
            Filter::Lowercase | Filter::LowercaseTurkish | Filter::AsciiFolding | Filter::NormalizeGerman => true,
            Filter::Apostrophe(removed) => matches!(removed, Apostrophe::FrenchArticle | Apostrophe::ItalianArticle),
            Filter::Stop(_) | Filter::Stem(_) => false,
        });
        Some(analyzer.build())
    }
}

fn built_in(name: &str) -> Option<Analyzer> {
    let (tokenizer, filters) = match name {
        "standard" => (Tokenizer::Standard, vec![Filter::Lowercase]),
        "simple" => (Tokenizer::Letter, vec![Filter::Lowercase]),
        "whitespace" => (Tokenizer::Whitespace, vec![]),
        "keyword" => (Tokenizer::Keyword, vec![]),
        _ => {
            let (_, language) = LANGUAGES.iter().find(|(known, _)| *known == name)?;
            (Tokenizer::Standard, of_language(*language))
        }
    };
    Some(Analyzer { tokenizer, filters })
}

/// The filters of a language's analyzer.
fn of_language(language: Language) -> Vec<Filter> {
    let [stop, stem] = [Filter::Stop(language), Filter::Stem(language)];
    match language {
        Language::English => vec![Filter::Apostrophe(Apostrophe::Possessive), Filter::Lowercase, stop, stem],
        Language::French => vec![Filter::Apostrophe(Apostrophe::FrenchArticle), Filter::Lowercase, stop, stem],
        Language::Italian => vec![Filter::Apostrophe(Apostrophe::ItalianArticle), Filter::Lowercase, stop, stem],
        Language::German => vec![Filter::Lowercase, stop, Filter::NormalizeGerman, stem],
        Language::Turkish => {
            vec![Filter::Apostrophe(Apostrophe::TurkishEnding), Filter::LowercaseTurkish, stop, stem]
        }
        _ => vec![Filter::Lowercase, stop, stem],
    }
}

impl Analyzer {
    fn from_json(json: &Json, path: &str) -> Result<Self, IndexError> {
        let invalid = |path: String, reason: String| Err(IndexError::InvalidMapping { path, reason });
        let Some(definition) = json.as_object() else {
            return invalid(path.to_owned(), "not an object".to_owned());
        };
        let mut tokenizer = None;
        let mut filters = Vec::new();
        for (key, value) in definition {
            let path = format!("{path}.{key}");
            match key.as_str() {
                "type" if value == "custom" => {}
                "type" => {
                    return invalid(path, format!("unknown type {}; it must be \"custom\"", json_excerpt(value)));
                }
                "tokenizer" => tokenizer = Some(named(&TOKENIZERS, value, &path)?),
                "filter" => {
                    let names = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
                    for name in names {
                        filters.push(named(&FILTERS, name, &path)?);
                    }
                }
                _ => return invalid(path, "unknown key; known keys: type, tokenizer, filter".to_owned()),
            }
        }
        match tokenizer {
            Some(tokenizer) => Ok(Analyzer { tokenizer, filters }),
            None => invalid(path.to_owned(), "missing `tokenizer`".to_owned()),
        }
    }

    fn to_json(&self) -> Json {
        let tokenizer = TOKENIZERS.iter().find(|(_, tokenizer)| *tokenizer == self.tokenizer).map(|(name, _)| name);
        let filters = self.filters.iter().filter_map(|filter| FILTERS.iter().find(|(_, known)| known == filter));
        let filters: Vec<_> = filters.map(|(name, _)| name).collect();
        serde_json::json!({ "type": "custom", "tokenizer": tokenizer, "filter": filters })
    }

    fn build(&self) -> TextAnalyzer {
        // The most common analyzer, without the dynamic dispatch of the others.
        if self.tokenizer == Tokenizer::Standard && self.filters == [Filter::Lowercase] {
            return TextAnalyzer::builder(UnicodeWords::default()).filter(EachTerm(lowercase)).build();
        }
        let mut builder = match self.tokenizer {
            Tokenizer::Standard => TextAnalyzer::builder(UnicodeWords::default()).dynamic(),
            Tokenizer::Letter => TextAnalyzer::builder(Letters::default()).dynamic(),
            Tokenizer::Whitespace => TextAnalyzer::builder(Unspaced::default()).dynamic(),
            Tokenizer::Keyword => TextAnalyzer::builder(RawTokenizer::default()).dynamic(),
        };
        for filter in &self.filters {
            builder = match *filter {
                Filter::Lowercase => builder.filter_dynamic(EachTerm(lowercase)),
                Filter::LowercaseTurkish => builder.filter_dynamic(EachTerm(lowercase_turkish)),
                Filter::AsciiFolding => builder.filter_dynamic(AsciiFoldingFilter),
                Filter::Apostrophe(removed) => builder.filter_dynamic(EachTerm(match removed {
                    Apostrophe::Possessive => remove_possessive,
                    Apostrophe::TurkishEnding => remove_from_apostrophe,
                    Apostrophe::FrenchArticle => remove_french_article,
                    Apostrophe::ItalianArticle => remove_italian_article as fn(&mut String),
                })),
                Filter::Stop(language) => match StopWordFilter::new(language) {
                    Some(stop_words) => builder.filter_dynamic(stop_words),
                    None => builder,
                },
                Filter::NormalizeGerman => builder.filter_dynamic(EachTerm(normalize_german)),
                Filter::Stem(language) => match stemmer(language) {
                    Some(stem) => builder.filter_dynamic(EachTerm(stem)),
                    None => builder.filter_dynamic(Stemmer::new(language)),
                },
            };
        }
        builder.build()
    }
}

/// The stemmer of a language for which search clients expect another one than tantivy's.
fn stemmer(language: Language) -> Option<fn(&mut String)> {
    Some(match language {
        Language::Dutch => stem_dutch,
        Language::English => stem_english,
        Language::French => stem_french,
        Language::German => stem_german,
        Language::Italian => stem_italian,
        Language::Portuguese => stem_portuguese,
        Language::Spanish => stem_spanish,
        _ => return None,
    })
}

fn named<T: Copy>(known: &[(&str, T)], json: &Json, path: &str) -> Result<T, IndexError> {
    let found = json.as_str().and_then(|name| known.iter().find(|(known, _)| *known == name));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let reason = format!("unknown name {}; known names: {}", json_excerpt(json), names.join(", "));
        IndexError::InvalidMapping { path: path.to_owned(), reason }
    })
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
        let analysis = Analysis::from_json(&json, "settings.analysis").expect("valid");
        assert_eq!(terms(&analysis, "folded", "Zürich"), [(0, "zurich".to_owned())]);
        let stemmed = json!({"analyzer": {"stemmed": {"tokenizer": "standard", "filter": ["stop", "stemmer"]}}});
        let stemmed = Analysis::from_json(&stemmed, "settings.analysis").expect("valid");
        assert_eq!(terms(&stemmed, "stemmed", "generously"), [(0, "gener".to_owned())]);
        assert_eq!(analysis.to_json(), Some(json));
    }

    #[test]
    fn mistakes_name_their_path() {
        let refusal = |json| Analysis::from_json(&json, "settings.analysis").expect_err("refused").to_string();
        insta::assert_snapshot!(refusal(json!({"analyser": {}})), @"invalid mapping at [settings.analysis.analyser]: unknown key; known keys: analyzer");
        insta::assert_snapshot!(refusal(json!({"analyzer": {"standard": {"tokenizer": "standard"}}})), @"invalid mapping at [settings.analysis.analyzer.standard]: a built-in analyzer has this name");
        insta::assert_snapshot!(refusal(json!({"analyzer": {"a": {"tokenizer": "ngram"}}})), @r#"invalid mapping at [settings.analysis.analyzer.a.tokenizer]: unknown name "ngram"; known names: standard, letter, whitespace, keyword"#);
        insta::assert_snapshot!(refusal(json!({"analyzer": {"a": {"filter": []}}})), @"invalid mapping at [settings.analysis.analyzer.a]: missing `tokenizer`");
        insta::assert_snapshot!(refusal(json!({"analyzer": {"a": {"tokenizer": "letter", "filter": ["x"]}}})), @r#"invalid mapping at [settings.analysis.analyzer.a.filter]: unknown name "x"; known names: lowercase, asciifolding, stop, stemmer"#);
    }
}
