//! Random queries for words: phrases, similar terms, several fields, and the query languages.

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::style::Style;
use super::words::text;
use super::world::World;

const OPERATORS: [&str; 8] = [" ", " ", " AND ", " OR ", " NOT ", " && ", " || ", " -"];

const SIMPLE_OPERATORS: [&str; 7] = [" ", " ", " + ", " | ", " -", " + -", "|"];

const TYPES: [&str; 6] = ["best_fields", "most_fields", "cross_fields", "phrase", "phrase_prefix", "bool_prefix"];

impl World {
    /// A query for words, of any kind.
    pub(super) fn text_query(&mut self) -> Json {
        match self.random.below(15) {
            9 | 10 => self.intervals(),
            11 | 12 => self.span(),
            13 => self.more_like_this(),
            14 => self.bool_prefix(),
            0 | 1 => self.phrase(),
            2 => self.phrase_prefix(),
            3 => self.fuzzy_match(),
            4 => self.fuzzy_term(),
            5 | 6 => self.multi_match(),
            7 => self.query_string(),
            _ => self.simple_query_string(),
        }
    }

    /// The name of a `text` field, if there is one. Most of these queries are a mistake for fields of other types.
    pub(super) fn text_field(&mut self) -> String {
        match self.field(|field| field.kind == FieldType::Text) {
            Some(field) => field.path,
            None if self.random.chance(0.2) => self.any_field().0,
            None => "unmapped".to_owned(),
        }
    }

    /// One to `most` words, as documents have them.
    pub(super) fn words(&mut self, most: usize) -> String {
        let text = text(&mut self.random, Style::Plain);
        let count = 1 + self.random.below(most);
        text.split(' ').take(count).collect::<Vec<_>>().join(" ")
    }

    /// A word, perhaps with another letter or without one.
    pub(super) fn similar_word(&mut self) -> String {
        let mut letters: Vec<char> = self.words(1).chars().collect();
        let place = self.random.below(letters.len());
        match self.random.below(4) {
            0 => drop(letters.remove(place)),
            1 => letters[place] = 'x',
            2 => letters.insert(place, 'e'),
            _ if place > 0 => letters.swap(place - 1, place),
            _ => {}
        }
        letters.into_iter().collect()
    }

    fn phrase(&mut self) -> Json {
        let field = self.text_field();
        let mut body = json!({ "query": self.words(3) });
        if self.random.chance(0.7) {
            body["slop"] = self.random.between(0, 6).into();
        }
        if self.random.chance(0.1) {
            body["analyzer"] = self.random.pick(&["standard", "english", "synonyms"]).into();
        }
        if self.random.chance(0.1) {
            body["zero_terms_query"] = self.random.pick(&["all", "none"]).into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "match_phrase": { field: body } })
    }

    fn phrase_prefix(&mut self) -> Json {
        let field = self.text_field();
        let mut text = self.words(3);
        if text.chars().count() > 3 {
            text.pop();
        }
        let mut body = json!({ "query": text });
        if self.random.chance(0.3) {
            body["slop"] = self.random.between(0, 4).into();
        }
        if self.random.chance(0.3) {
            body["max_expansions"] = self.random.between(1, 3).into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "match_phrase_prefix": { field: body } })
    }

    fn bool_prefix(&mut self) -> Json {
        let field = self.text_field();
        let mut text = self.words(3);
        if text.chars().count() > 3 {
            text.pop();
        }
        let mut body = json!({ "query": text });
        if self.random.chance(0.3) {
            body["operator"] = "and".into();
        }
        if self.random.chance(0.3) {
            body["minimum_should_match"] = self.minimum_should_match();
        }
        if self.random.chance(0.2) {
            body["fuzziness"] = self.fuzziness();
        }
        self.perhaps_boosted(&mut body);
        json!({ "match_bool_prefix": { field: body } })
    }

    pub(super) fn fuzziness(&mut self) -> Json {
        self.random.pick(&[json!(1), json!(2), json!("AUTO"), json!("AUTO:2,5"), json!(0)])
    }

    fn fuzzy_match(&mut self) -> Json {
        let field = self.text_field();
        let mut body =
            json!({ "query": format!("{} {}", self.similar_word(), self.words(2)), "fuzziness": self.fuzziness() });
        if self.random.chance(0.3) {
            body["prefix_length"] = self.random.between(0, 3).into();
        }
        if self.random.chance(0.3) {
            body["max_expansions"] = self.random.between(1, 4).into();
        }
        if self.random.chance(0.2) {
            body["fuzzy_transpositions"] = false.into();
        }
        if self.random.chance(0.3) {
            body["operator"] = "and".into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "match": { field: body } })
    }

    fn fuzzy_term(&mut self) -> Json {
        let (field, text) =
            if self.random.chance(0.3) { self.field_and_term() } else { (self.text_field(), self.similar_word()) };
        let mut body = json!({ "value": text, "fuzziness": self.fuzziness() });
        if self.random.chance(0.3) {
            let rewrites = ["constant_score", "top_terms_2", "top_terms_boost_3", "scoring_boolean"];
            body["rewrite"] = self.random.pick(&rewrites).into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "fuzzy": { field: body } })
    }

    /// Names of some fields, with boosts perhaps.
    fn field_names(&mut self) -> Vec<Json> {
        let count = 1 + self.random.below(3);
        let mut names: Vec<String> = Vec::with_capacity(count);
        for _ in 0..count {
            let name = match self.random.below(10) {
                0 => "*".to_owned(),
                1 => self.random.pick(&["part.*", "text*", "*.raw", "list.*"]).to_owned(),
                2 => self.any_field().0,
                _ => self.text_field(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let boosted = |name: String| {
            let boost = if self.random.chance(0.3) { self.random.pick(&["^2", "^0.5", "^3"]) } else { "" };
            Json::from(format!("{name}{boost}"))
        };
        names.into_iter().map(boosted).collect()
    }

    fn multi_match(&mut self) -> Json {
        let kind = self.random.pick(&TYPES);
        let mut body = json!({ "query": self.words(3), "fields": self.field_names(), "type": kind });
        if self.random.chance(0.3) {
            body["operator"] = "and".into();
        }
        if self.random.chance(0.3) {
            body["tie_breaker"] = self.random.pick(&[json!(0.3), json!(1), json!(0)]);
        }
        if self.random.chance(0.3) {
            body["minimum_should_match"] = self.random.between(1, 2).into();
        }
        if matches!(kind, "best_fields" | "most_fields") && self.random.chance(0.2) {
            body["fuzziness"] = self.fuzziness();
        }
        if kind == "phrase" && self.random.chance(0.5) {
            body["slop"] = self.random.between(0, 4).into();
        }
        if self.random.chance(0.6) {
            body["lenient"] = true.into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "multi_match": body })
    }

    fn query_string(&mut self) -> Json {
        let text = self.string(2);
        let mut body = json!({ "query": text });
        match self.random.below(3) {
            0 => body["default_field"] = self.text_field().into(),
            1 => body["fields"] = self.field_names().into(),
            _ => {}
        }
        if self.random.chance(0.3) {
            body["default_operator"] = "and".into();
        }
        if self.random.chance(0.2) {
            body["minimum_should_match"] = self.random.between(1, 2).into();
        }
        if self.random.chance(0.3) {
            body["type"] = self.random.pick(&TYPES).into();
        }
        if self.random.chance(0.2) {
            body["phrase_slop"] = self.random.between(0, 3).into();
        }
        if self.random.chance(0.7) {
            body["lenient"] = true.into();
        }
        let options = [
            ("analyze_wildcard", json!(true)),
            ("allow_leading_wildcard", json!(false)),
            ("quote_field_suffix", json!(".raw")),
            ("tie_breaker", json!(0.4)),
            ("rewrite", json!("scoring_boolean")),
            ("fuzzy_prefix_length", json!(1)),
            ("auto_generate_synonyms_phrase_query", json!(false)),
            ("escape", json!(true)),
            ("analyzer", json!("english")),
            ("quote_analyzer", json!("whitespace")),
        ];
        self.add_some(&mut body, &options);
        self.perhaps_boosted(&mut body);
        json!({ "query_string": body })
    }

    /// Adds some of these options, mostly none.
    fn add_some(&mut self, body: &mut Json, options: &[(&str, Json)]) {
        for (key, value) in options {
            if self.random.chance(0.05) {
                body[*key] = value.clone();
            }
        }
    }

    /// Clauses in the language of `query_string`, with parentheses at most `depth` deep.
    fn string(&mut self, depth: usize) -> String {
        let mut string = String::new();
        for number in 0..1 + self.random.below(4) {
            if number > 0 {
                string.push_str(self.random.pick(&OPERATORS));
            } else if self.random.chance(0.15) {
                string.push_str(self.random.pick(&["-", "+", "NOT "]));
            }
            if self.random.chance(0.25) {
                string.push_str(&self.text_field());
                string.push(':');
            }
            string.push_str(&self.string_part(depth));
            if self.random.chance(0.15) {
                string.push_str(self.random.pick(&["^2", "^0.5"]));
            }
        }
        string
    }

    fn string_part(&mut self, depth: usize) -> String {
        let word = |text: String| text.replace(['/', ':'], "");
        match self.random.below(16) {
            12 => self.string_range(),
            13 => format!("_exists_:{}", self.any_field().0),
            14 => format!("/{}.*/", word(self.words(1)).to_lowercase().chars().take(2).collect::<String>()),
            15 => self.random.pick(&["*:*", "\\*", "h\\*rbour", "\"the quiet\"^2"]).to_owned(),
            0 => format!("\"{}\"", self.words(3)),
            1 => format!("\"{}\"~{}", self.words(3), self.random.between(0, 4)),
            2 => format!("{}~{}", word(self.similar_word()), self.random.pick(&["", "1", "2"])),
            3 => format!("{}*", word(self.words(1)).chars().take(3).collect::<String>()),
            4 => {
                let text = word(self.words(1));
                text.chars().enumerate().map(|(place, letter)| if place == 1 { '?' } else { letter }).collect()
            }
            5 => format!("[{} TO *]", word(self.words(1))),
            6 | 7 if depth > 0 => format!("({})", self.string(depth - 1)),
            8 => "*".to_owned(),
            _ => word(self.words(1)),
        }
    }

    /// A range of a field, in the language of `query_string`.
    fn string_range(&mut self) -> String {
        let Some(field) = self.field(|field| field.kind.is_number() || field.kind == FieldType::Keyword) else {
            return "*".to_owned();
        };
        let bound = |value: Json| value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{text}\""));
        let (first, last) = (bound(self.query_value(&field)), bound(self.query_value(&field)));
        let name = field.path;
        match self.random.below(4) {
            0 => format!("{name}:[{first} TO {last}]"),
            1 => format!("{name}:{{{first} TO *]"),
            2 => format!("{name}:>={first}"),
            _ => format!("{name}:<{last}"),
        }
    }

    fn simple_query_string(&mut self) -> Json {
        let mut text = String::new();
        for number in 0..1 + self.random.below(5) {
            if number > 0 {
                text.push_str(self.random.pick(&SIMPLE_OPERATORS));
            }
            let part = match self.random.below(8) {
                0 => format!("\"{}\"", self.words(2)),
                1 => format!("\"{}\"~{}", self.words(2), self.random.between(0, 4)),
                2 => format!("{}~{}", self.similar_word(), self.random.pick(&["", "1"])),
                3 => format!("{}*", self.words(1).chars().take(3).collect::<String>()),
                4 => format!("({} | {})", self.words(1), self.words(2)),
                _ => self.words(1),
            };
            text.push_str(&part);
        }
        let mut body = json!({ "query": text });
        if self.random.chance(0.7) {
            body["fields"] = self.field_names().into();
        }
        if self.random.chance(0.3) {
            body["default_operator"] = "and".into();
        }
        if self.random.chance(0.2) {
            body["minimum_should_match"] = self.random.between(1, 2).into();
        }
        if self.random.chance(0.7) {
            body["lenient"] = true.into();
        }
        let options = [
            ("flags", json!("OR|AND|PREFIX")),
            ("flags", json!("PHRASE|NOT|WHITESPACE|SLOP")),
            ("analyze_wildcard", json!(true)),
            ("quote_field_suffix", json!(".raw")),
            ("fuzzy_prefix_length", json!(1)),
            ("auto_generate_synonyms_phrase_query", json!(false)),
            ("analyzer", json!("english")),
        ];
        self.add_some(&mut body, &options);
        self.perhaps_boosted(&mut body);
        json!({ "simple_query_string": body })
    }
}
