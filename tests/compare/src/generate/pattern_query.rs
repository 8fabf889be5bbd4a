//! Random queries for patterns of terms.

use serde_json::{Value as Json, json};

use super::words::{KEYWORDS, respelled};
use super::world::World;

impl World {
    /// A `prefix`, `wildcard` or `regexp` query.
    pub(super) fn pattern(&mut self) -> Json {
        match self.random.below(3) {
            0 => self.regexp(),
            1 => self.prefix(),
            _ => self.wildcard(),
        }
    }

    /// The name of a field whose terms are texts, or now and then of another, and a word as one of its terms may be.
    pub(super) fn field_and_term(&mut self) -> (String, String) {
        let found = self.field(|field| field.kind.has_texts()).filter(|_| self.random.chance(0.9));
        let word =
            if self.random.chance(0.5) { self.random.pick(&KEYWORDS).to_owned() } else { self.words(1).to_lowercase() };
        match found {
            Some(field) if field.is_normalized() => (field.path, respelled(&mut self.random, &word)),
            Some(field) => (field.path, word),
            None => (self.any_field().0, word),
        }
    }

    fn prefix(&mut self) -> Json {
        let (field, text) = self.field_and_term();
        let count = self.random.below(4);
        let beginning: String = text.chars().take(count).collect();
        if self.random.chance(0.3) {
            return json!({ "prefix": { field: beginning } });
        }
        let mut body = json!({ "value": beginning });
        self.add_pattern_options(&mut body);
        json!({ "prefix": { field: body } })
    }

    fn wildcard(&mut self) -> Json {
        let (field, text) = self.field_and_term();
        let (beginning, rest) = text.split_at(text.char_indices().nth(1).map_or(text.len(), |(place, _)| place));
        let pattern = self.random.pick(&[
            format!("{beginning}*"),
            format!("?{rest}"),
            format!("*{rest}"),
            format!("{beginning}?*"),
            format!("*{beginning}*"),
            text.clone(),
            "*".to_owned(),
        ]);
        let mut body = json!({ "value": pattern });
        self.add_pattern_options(&mut body);
        json!({ "wildcard": { field: body } })
    }

    fn add_pattern_options(&mut self, body: &mut Json) {
        if self.random.chance(0.2) {
            body["case_insensitive"] = true.into();
        }
        if self.random.chance(0.2) {
            let rewrites =
                ["constant_score", "scoring_boolean", "top_terms_2", "top_terms_boost_3", "constant_score_boolean"];
            body["rewrite"] = self.random.pick(&rewrites).into();
        }
        self.perhaps_boosted(body);
    }

    fn regexp(&mut self) -> Json {
        let (field, text) = self.field_and_term();
        let word = text.replace(|letter: char| !letter.is_alphanumeric(), "");
        let mut letters = word.chars();
        let (first, rest) = (letters.next().unwrap_or('a'), letters.as_str());
        let pattern = match self.random.below(8) {
            0 => format!("{first}.*"),
            1 => format!("~({word})"),
            2 => format!("{first}@&~(.{{0,4}})"),
            3 => format!("[{first}-z]{rest}|@{first}"),
            4 => "<0-50>".to_owned(),
            5 => format!("({first}|x)?{rest}"),
            6 => format!("{first}+({rest})*#?"),
            _ => format!("\"{word}\""),
        };
        let mut body = json!({ "value": pattern });
        if self.random.chance(0.3) {
            let flags = ["ALL", "NONE", "COMPLEMENT|INTERSECTION", "ANYSTRING", "INTERVAL|EMPTY"];
            body["flags"] = self.random.pick(&flags).into();
        }
        if self.random.chance(0.2) {
            body["case_insensitive"] = true.into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "regexp": { field: body } })
    }
}
