//! Random mappings.

use serde_json::{Map, Value as Json, json};

use super::Random;
use super::about::About;
use super::analysis::{ANALYZERS, NORMALIZERS, SYNONYMS, settings};
use super::date::DateForm;
use super::field_type::FieldType;

/// The fields of an index.
pub(super) struct Schema {
    pub(super) dynamic: &'static str,
    /// Whether some fields are those of nested objects.
    pub(super) has_nested: bool,
    /// Whether their values are also those of the document.
    includes_nested: bool,
    /// Other keys of the mapping.
    root_options: Map<String, Json>,
    pub(super) fields: Vec<FieldSpec>,
}

/// A field that documents may have.
#[derive(Debug, Clone)]
pub(super) struct FieldSpec {
    /// Full name, with dots.
    pub(super) path: String,
    pub(super) kind: FieldType,
    options: Map<String, Json>,
    /// How dates are written in its documents.
    pub(super) dates: Vec<DateForm>,
    /// The probability that a document has it.
    pub(super) density: f64,
    /// Values that documents do not have.
    pub(super) without: &'static [&'static str],
    /// The probability that a document that has it has several values.
    pub(super) several: f64,
    /// Whether the mapping has it. Others come with documents.
    is_mapped: bool,
    /// Last parts of the names of its sub-fields.
    subfields: Vec<(&'static str, FieldType, Json)>,
    /// Last parts of the names of sub-fields that its type has.
    derived: Vec<&'static str>,
}

/// Objects that fields may be in.
const PARENTS: [&str; 5] = ["", "", "", "part.", "part.deep."];

/// The list of nested objects.
pub(super) const NESTED: &str = "list";

/// What the names of fields of nested objects begin with.
const IN_NESTED: &str = "list.";

/// The field that others are copied to.
const COPIES: &str = "copies";

/// What unknown fields become, apart from the rules that always hold.
const DETECTION: [(&str, bool); 2] = [("date_detection", false), ("numeric_detection", true)];

impl Schema {
    pub(super) fn new(random: &mut Random, about: About) -> Self {
        let (dynamics, frequent, all): (&[_], &[_], &[_]) = match about {
            About::Everything => (
                &["strict", "strict", "false", "true", "strict_allow_templates"],
                &FieldType::FREQUENT,
                &FieldType::ALL,
            ),
            About::Aggregations => (&["strict"], &FieldType::FREQUENT, &FieldType::WITH_COLUMNS),
            About::Scripts => (&["strict"], &FieldType::IN_SCRIPTS, &FieldType::IN_SCRIPTS),
        };
        let dynamic = random.pick(dynamics);
        let mut fields = Vec::new();
        // In every second index all documents have all fields, so that what else differs is not hidden by their statistics.
        let is_dense = random.chance(0.5);
        let has_nested = random.chance(match about {
            About::Everything => 0.3,
            About::Aggregations => 0.6,
            About::Scripts => 0.0,
        });
        let has_copies = about != About::Scripts && random.chance(0.2);
        for number in 0..random.between(2, 10) {
            let kinds = if random.chance(0.5) { frequent } else { all };
            let kind = random.pick(kinds);
            let parent = if has_nested && random.chance(0.5) { IN_NESTED } else { random.pick(&PARENTS) };
            let name = if random.chance(0.05) { "größe-№" } else { kind.name() };
            let mut field = FieldSpec::new(format!("{parent}{name}{number}"), kind, random);
            if is_dense {
                field.density = 1.0;
            }
            if about == About::Scripts {
                field.read_as_written();
            }
            field.is_mapped =
                dynamic.starts_with("strict") || kind == FieldType::ConstantKeyword || random.chance(0.85);
            if has_copies && field.can_be_copied() && random.chance(0.5) {
                field.options.insert("copy_to".to_owned(), COPIES.into());
            }
            fields.push(field);
        }
        if has_copies {
            fields.push(FieldSpec { density: 0.0, ..FieldSpec::new(COPIES.to_owned(), FieldType::Text, random) });
        }
        if random.chance(0.2)
            && let Some(field) = fields.iter().find(|field| field.is_mapped && field.kind != FieldType::Disabled)
        {
            fields.push(field.alias());
        }
        let includes_nested = random.chance(0.2);
        Schema { dynamic, has_nested, includes_nested, root_options: root_options(dynamic, random), fields }
    }

    pub(super) fn mapping(&self) -> Json {
        let mut mappings = json!({ "dynamic": self.dynamic, "properties": {} });
        for (key, value) in &self.root_options {
            mappings[key] = value.clone();
        }
        for field in self.fields.iter().filter(|field| field.is_mapped) {
            let mut object = &mut mappings;
            for part in field.path.split('.') {
                object = &mut object["properties"][part];
            }
            *object = field.mapping();
        }
        if self.has_nested {
            let list = &mut mappings["properties"][NESTED];
            list["type"] = "nested".into();
            if self.includes_nested {
                list["include_in_parent"] = true.into();
            }
        }
        json!({ "settings": settings(), "mappings": mappings })
    }

    /// Full names of all fields with their types, sub-fields included.
    pub(super) fn names(&self) -> Vec<(String, FieldType)> {
        let mut names = Vec::new();
        for field in &self.fields {
            names.push((field.path.clone(), field.kind));
            names.extend(field.derived.iter().map(|name| (format!("{}.{name}", field.path), field.kind)));
            names.extend(field.subfields.iter().map(|(name, kind, _)| (format!("{}.{name}", field.path), *kind)));
        }
        names
    }
}

/// Keys of a mapping other than `properties`.
fn root_options(dynamic: &str, random: &mut Random) -> Map<String, Json> {
    let mut options = Map::new();
    if dynamic == "strict_allow_templates" || random.chance(0.1) {
        let templates = json!([
            { "names": { "match_mapping_type": "string", "match": "new*", "mapping": { "type": "keyword" } } },
            { "numbers": { "match_mapping_type": "long", "path_match": "part.*", "mapping": { "type": "integer" } } }
        ]);
        options.insert("dynamic_templates".to_owned(), templates);
    }
    for (key, value) in DETECTION {
        if random.chance(0.1) {
            options.insert(key.to_owned(), value.into());
        }
    }
    options
}

impl FieldSpec {
    /// Whether it is a field of nested objects.
    pub(super) fn is_nested(&self) -> bool {
        self.path.starts_with(IN_NESTED)
    }

    /// Whether the words of its values are changed before they are compared.
    pub(super) fn is_normalized(&self) -> bool {
        self.options.contains_key("normalizer")
    }

    /// Whether its values may also be those of a text.
    fn can_be_copied(&self) -> bool {
        self.kind.has_numbers()
            || matches!(
                self.kind,
                FieldType::Text | FieldType::Keyword | FieldType::Boolean | FieldType::Date | FieldType::Ip
            )
    }

    /// Leaves out values that the other server changes, refuses, or writes with other digits.
    fn read_as_written(&mut self) {
        self.without = &["[null]", "1.4e-45"];
        if self.options.shift_remove("scaling_factor").is_some() {
            self.set("type", "float");
        }
    }

    /// Another name of the field.
    fn alias(&self) -> FieldSpec {
        let parent = self.path.rsplit_once('.').map_or_else(String::new, |(parent, _)| format!("{parent}."));
        FieldSpec {
            path: format!("{parent}alias"),
            options: Map::from_iter([
                ("type".to_owned(), "alias".into()),
                ("path".to_owned(), self.path.as_str().into()),
            ]),
            density: 0.0,
            subfields: Vec::new(),
            derived: Vec::new(),
            ..self.clone()
        }
    }

    fn new(path: String, kind: FieldType, random: &mut Random) -> Self {
        let mut field = FieldSpec {
            path,
            kind,
            options: Map::new(),
            dates: DateForm::DEFAULT.to_vec(),
            without: &[],
            density: random.pick(&[1.0, 0.9, 0.5, 0.1]),
            several: random.pick(&[0.0, 0.0, 0.3]),
            is_mapped: true,
            subfields: Vec::new(),
            derived: Vec::new(),
        };
        match kind {
            FieldType::Text => field.make_text(random),
            FieldType::Keyword => field.make_keyword(random),
            FieldType::FlatObject => field.derived.extend(["a", "b.c"]),
            FieldType::ConstantKeyword => field.set("value", "fixed"),
            FieldType::TokenCount => field.set("analyzer", random.pick(&["standard", "whitespace"])),
            FieldType::Binary => field.set("doc_values", random.chance(0.5)),
            FieldType::Disabled => field.set("enabled", false),
            FieldType::Range => {
                field.set("type", random.pick(&["integer_range", "long_range", "float_range", "double_range"]));
            }
            // Kinds of numbers with the same values, apart from those at the edges.
            FieldType::Integer => field.set("type", random.pick(&["integer", "integer", "short", "byte"])),
            FieldType::Float => match random.below(4) {
                0 => field.set("type", "half_float"),
                1 => {
                    field.set("type", "scaled_float");
                    field.set("scaling_factor", random.pick(&[10, 100, 1000]));
                }
                _ => {}
            },
            FieldType::Date if random.chance(0.6) => {
                let (format, forms) = random.pick(DateForm::FORMATS);
                field.set("format", format);
                field.dates = forms.to_vec();
            }
            FieldType::Date if random.chance(0.2) => field.set("type", "date_nanos"),
            _ => {}
        }
        field.add_rules_for_values(random);
        field
    }

    fn set(&mut self, key: &str, value: impl Into<Json>) {
        self.options.insert(key.to_owned(), value.into());
    }

    /// Whether it is a `scaled_float`.
    pub(super) fn is_scaled(&self) -> bool {
        self.options.get("type").is_some_and(|kind| kind == "scaled_float")
    }

    fn make_text(&mut self, random: &mut Random) {
        let analyzer = random.pick(&ANALYZERS);
        self.set("analyzer", analyzer);
        match random.below(8) {
            0 => {
                self.set("type", "search_as_you_type");
                self.derived.extend(["_2gram", "_3gram", "_index_prefix"]);
            }
            1 => self.set("type", "match_only_text"),
            _ => {}
        }
        if matches!(analyzer, "standard" | "folded") && random.chance(0.2) {
            self.set("search_analyzer", SYNONYMS);
        }
        if random.chance(0.3) {
            self.subfields.push(("raw", FieldType::Keyword, json!({ "type": "keyword" })));
        }
    }

    fn make_keyword(&mut self, random: &mut Random) {
        if random.chance(0.2) {
            self.set("ignore_above", 5);
        }
        if random.chance(0.3) {
            self.set("normalizer", random.pick(&NORMALIZERS));
        }
        if random.chance(0.2) {
            self.set("null_value", "none");
        }
        if random.chance(0.2) {
            self.subfields.push(("words", FieldType::Text, json!({ "type": "text" })));
        }
    }

    /// Options that say which values are accepted, and what they become.
    fn add_rules_for_values(&mut self, random: &mut Random) {
        let kind = self.kind;
        let is_scaled = self.is_scaled();
        let can_be_malformed = kind.has_numbers()
            || kind.is_range()
            || matches!(kind, FieldType::Date | FieldType::Ip | FieldType::UnsignedLong | FieldType::GeoPoint);
        // Of a `scaled_float`, the other server does not say what it left out.
        if can_be_malformed && !is_scaled && random.chance(0.2) {
            self.set("ignore_malformed", true);
        }
        if (kind.has_numbers() || matches!(kind, FieldType::Range | FieldType::UnsignedLong)) && random.chance(0.1) {
            self.set("coerce", false);
        }
        if random.chance(0.1) {
            match kind {
                FieldType::Ip => self.set("null_value", "10.0.1.1"),
                FieldType::Boolean => self.set("null_value", true),
                FieldType::Date if !self.options.contains_key("format") => self.set("null_value", "2024-05-05"),
                FieldType::UnsignedLong => self.set("null_value", 7),
                kind if kind.has_numbers() => self.set("null_value", 7),
                _ => {}
            }
        }
        let is_in_column = kind.has_numbers() || matches!(kind, FieldType::Date | FieldType::Boolean | FieldType::Ip);
        if is_in_column && random.chance(0.05) {
            self.set("index", false);
        }
    }

    fn mapping(&self) -> Json {
        let mut mapping = Map::new();
        mapping.insert("type".to_owned(), self.kind.name().into());
        mapping.extend(self.options.clone());
        if !self.subfields.is_empty() {
            let fields = self.subfields.iter().map(|(name, _, mapping)| ((*name).to_owned(), mapping.clone()));
            mapping.insert("fields".to_owned(), Json::Object(fields.collect()));
        }
        Json::Object(mapping)
    }
}
