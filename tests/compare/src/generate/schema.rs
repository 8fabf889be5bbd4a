//! Random mappings.

use serde_json::{Map, Value as Json, json};

use super::Random;
use super::about::About;
use super::date::DateForm;

/// The fields of an index.
pub(super) struct Schema {
    pub(super) dynamic: &'static str,
    pub(super) fields: Vec<FieldSpec>,
}

/// Documents that have fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Those of the index.
    Document,
    /// The nested objects in them.
    Object,
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
    /// The probability that a document that has it has several values.
    pub(super) several: f64,
    /// Whether the mapping has it. Others come with documents.
    is_mapped: bool,
    /// Last parts of the names of its sub-fields.
    subfields: Vec<(&'static str, FieldType, Json)>,
    /// Last parts of the names of sub-fields that its type has.
    derived: Vec<&'static str>,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Keyword,
    Long,
    Integer,
    Double,
    Float,
    Boolean,
    Date,
    GeoPoint,
    Ip,
    UnsignedLong,
    Range,
    FlatObject,
    Completion,
}

impl FieldType {
    const ALL: [FieldType; 14] = [
        FieldType::Text,
        FieldType::Keyword,
        FieldType::Long,
        FieldType::Integer,
        FieldType::Double,
        FieldType::Float,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::GeoPoint,
        FieldType::Ip,
        FieldType::UnsignedLong,
        FieldType::Range,
        FieldType::FlatObject,
        FieldType::Completion,
    ];

    fn name(self) -> &'static str {
        match self {
            FieldType::Text => "text",
            FieldType::Keyword => "keyword",
            FieldType::Long => "long",
            FieldType::Integer => "integer",
            FieldType::Double => "double",
            FieldType::Float => "float",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::GeoPoint => "geo_point",
            FieldType::Ip => "ip",
            FieldType::UnsignedLong => "unsigned_long",
            FieldType::Range => "integer_range",
            FieldType::FlatObject => "flat_object",
            FieldType::Completion => "completion",
        }
    }

    /// Whether it can be sorted by.
    pub(super) fn has_column(self) -> bool {
        self.is_number() || matches!(self, FieldType::Keyword | FieldType::Boolean | FieldType::Date | FieldType::Ip)
    }

    /// Integers and numbers with fractions, apart from `unsigned_long`, which the other server sorts only in part.
    pub(super) fn is_number(self) -> bool {
        matches!(self, FieldType::Long | FieldType::Integer | FieldType::Double | FieldType::Float)
    }
}

const ANALYZERS: [&str; 9] =
    ["standard", "standard", "english", "simple", "whitespace", "keyword", "german", "turkish", "folded"];

/// Fields of which aggregations are computed, and of which they are selected.
const WITH_COLUMNS: [FieldType; 10] = [
    FieldType::Text,
    FieldType::Keyword,
    FieldType::Long,
    FieldType::Integer,
    FieldType::Double,
    FieldType::Float,
    FieldType::Boolean,
    FieldType::Date,
    FieldType::GeoPoint,
    FieldType::Ip,
];

/// The nested objects that documents may have.
pub(super) const OBJECTS: &str = "objects";

/// Fields of nested objects.
const OF_OBJECTS: [FieldType; 8] = [
    FieldType::Text,
    FieldType::Keyword,
    FieldType::Long,
    FieldType::Double,
    FieldType::Date,
    FieldType::Boolean,
    FieldType::Ip,
    FieldType::GeoPoint,
];

/// Objects that fields may be in.
const PARENTS: [&str; 5] = ["", "", "", "part.", "part.deep."];

impl Schema {
    pub(super) fn new(random: &mut Random, about: About) -> Self {
        let (dynamics, kinds): (&[_], &[FieldType]) = match about {
            About::Everything => (&["strict", "strict", "false", "true"], &FieldType::ALL),
            About::Aggregations => (&["strict"], &WITH_COLUMNS),
        };
        let dynamic = random.pick(dynamics);
        let mut fields = Vec::new();
        // In every second index all documents have all fields, so that what else differs is not hidden by their statistics.
        let is_dense = random.chance(0.5);
        for number in 0..random.between(2, 9) {
            let kind = random.pick(kinds);
            let parent = random.pick(&PARENTS);
            let name = if random.chance(0.05) { "größe-№" } else { kind.name() };
            let mut field = FieldSpec::new(format!("{parent}{name}{number}"), kind, random);
            if is_dense {
                field.density = 1.0;
            }
            field.is_mapped = dynamic == "strict" || random.chance(0.85);
            fields.push(field);
        }
        if about == About::Aggregations && random.chance(0.6) {
            for number in 0..random.between(2, 4) {
                let kind = random.pick(&OF_OBJECTS);
                fields.push(FieldSpec::new(format!("{OBJECTS}.{}{number}", kind.name()), kind, random));
            }
        }
        Schema { dynamic, fields }
    }

    pub(super) fn mapping(&self) -> Json {
        let mut mappings = json!({ "dynamic": self.dynamic, "properties": {} });
        for field in self.fields.iter().filter(|field| field.is_mapped) {
            let mut object = &mut mappings;
            for part in field.path.split('.') {
                object = &mut object["properties"][part];
            }
            *object = field.mapping();
            if field.place() == Place::Object {
                mappings["properties"][OBJECTS]["type"] = "nested".into();
            }
        }
        let folded = json!({ "type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"] });
        json!({ "settings": { "analysis": { "analyzer": { "folded": folded } } }, "mappings": mappings })
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

impl FieldSpec {
    /// Which documents have it.
    pub(super) fn place(&self) -> Place {
        let in_objects = self.path.strip_prefix(OBJECTS).is_some_and(|rest| rest.starts_with('.'));
        if in_objects { Place::Object } else { Place::Document }
    }

    fn new(path: String, kind: FieldType, random: &mut Random) -> Self {
        let mut field = FieldSpec {
            path,
            kind,
            options: Map::new(),
            dates: DateForm::DEFAULT.to_vec(),
            density: random.pick(&[1.0, 0.9, 0.5, 0.1]),
            several: random.pick(&[0.0, 0.0, 0.3]),
            is_mapped: true,
            subfields: Vec::new(),
            derived: Vec::new(),
        };
        match kind {
            FieldType::Text => {
                field.options.insert("analyzer".to_owned(), random.pick(&ANALYZERS).into());
                match random.below(8) {
                    0 => {
                        field.options.insert("type".to_owned(), "search_as_you_type".into());
                        field.derived.extend(["_2gram", "_3gram", "_index_prefix"]);
                    }
                    1 => _ = field.options.insert("type".to_owned(), "match_only_text".into()),
                    _ => {}
                }
                if random.chance(0.3) {
                    field.subfields.push(("raw", FieldType::Keyword, json!({ "type": "keyword" })));
                }
            }
            FieldType::Keyword => {
                if random.chance(0.2) {
                    field.options.insert("ignore_above".to_owned(), 5.into());
                }
                if random.chance(0.2) {
                    field.options.insert("normalizer".to_owned(), "lowercase".into());
                }
                if random.chance(0.2) {
                    field.options.insert("null_value".to_owned(), "none".into());
                }
                if random.chance(0.2) {
                    field.subfields.push(("words", FieldType::Text, json!({ "type": "text" })));
                }
            }
            FieldType::FlatObject => field.derived.extend(["a", "b.c"]),
            FieldType::Range => {
                let kind = random.pick(&["integer_range", "long_range", "float_range", "double_range"]);
                field.options.insert("type".to_owned(), kind.into());
            }
            // Kinds of numbers with the same values, apart from those at the edges.
            FieldType::Integer => {
                field.options.insert("type".to_owned(), random.pick(&["integer", "integer", "short", "byte"]).into());
            }
            FieldType::Float => match random.below(4) {
                0 => _ = field.options.insert("type".to_owned(), "half_float".into()),
                1 => {
                    field.options.insert("type".to_owned(), "scaled_float".into());
                    field.options.insert("scaling_factor".to_owned(), random.pick(&[10, 100, 1000]).into());
                }
                _ => {}
            },
            FieldType::Date if random.chance(0.6) => {
                let (format, forms) = random.pick(DateForm::FORMATS);
                field.options.insert("format".to_owned(), format.into());
                field.dates = forms.to_vec();
            }
            _ => {}
        }
        if kind == FieldType::Date && !field.options.contains_key("format") && random.chance(0.2) {
            field.options.insert("type".to_owned(), "date_nanos".into());
        }
        let has_options = kind.is_number()
            || matches!(kind, FieldType::Date | FieldType::Ip | FieldType::Range | FieldType::UnsignedLong);
        if has_options && random.chance(0.2) {
            field.options.insert("ignore_malformed".to_owned(), true.into());
        }
        if (kind.is_number() || matches!(kind, FieldType::Range | FieldType::UnsignedLong)) && random.chance(0.1) {
            field.options.insert("coerce".to_owned(), false.into());
        }
        if (kind.is_number() || kind == FieldType::UnsignedLong) && random.chance(0.1) {
            field.options.insert("null_value".to_owned(), 7.into());
        }
        field
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
