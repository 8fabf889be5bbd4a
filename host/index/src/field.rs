//! One field of a mapping.

mod completion;
mod completion_context;
mod context_values;
mod convert;
mod feature_value;
mod flat_object;
mod float_text;
mod half_float;
mod ip;
mod keyword;
mod number;
mod numeric;
mod options;
mod range;
mod range_options;
mod rank_feature;
mod value_range;

pub use completion::{CompletionInput, CompletionOptions, CompletionTerm, read_completion_term};
pub(crate) use completion::{MAX_INPUT_LENGTH, WORD_SEPARATOR};
pub use completion_context::{CompletionContext, ContextKind};
pub(crate) use completion_context::{DEFAULT_PRECISION, MAX_CONTEXTS};
pub use flat_object::{FlatValue, flat_path_term, flat_value_terms, is_flat_value_with_path, visit_flat_object};
pub use float_text::float_text;
pub use ip::{ip_range, ip_term, ip_text};
pub use keyword::{KeywordForm, KeywordOptions, NamedAnalyzer};
pub use options::FieldOptions;
pub use range::RangeEdge;
pub use range_options::RangeOptions;
pub use rank_feature::{
    FeatureForm, ScoreImpact, feature_from_bits, feature_in_term, feature_prefix, feature_term, feature_value_term,
};
pub use value_range::{RangeType, ValueRange};

use tantivy::Term;
use tantivy::schema::Field as TantivyField;

use crate::{DateFormat, FieldValue, InvalidValue, ValueError};

/// A field in which documents have values, by its full dotted name: `name`, `address.city`, or the sub-field `name.raw`.
/// Objects are not fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    /// Number in tantivy's schema; the first of two for a point.
    pub(crate) number: u32,
    /// The sub-fields, by their indices in the mapping.
    pub(crate) subfields: Vec<usize>,
    /// Whether it is a sub-field of another.
    pub(crate) is_subfield: bool,
    pub(crate) options: FieldOptions,
    /// Names of the columns of latitudes and longitudes.
    point_columns: Option<Box<(String, String)>>,
    /// Name of the column of exact values.
    exact_column: Option<Box<str>>,
}

/// The type of a field: its values, and how they are indexed.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// Text, split into terms with positions. Has no column. Terms of more than 65,530 bytes are not indexed.
    Text {
        /// Analyzer of documents.
        analyzer: String,
        /// Analyzer of queries.
        search_analyzer: String,
        /// What its terms score.
        form: TextForm,
    },
    /// Text as one term. String column.
    Keyword(KeywordOptions),
    /// An address of version 4 or 6. String column of 32 hexadecimal digits, which have the order of the addresses: [`ip_text`] is
    /// their usual form.
    Ip,
    /// 64-bit integers. `i64` column.
    Long,
    /// 32-bit integers. `i64` column.
    Integer,
    /// 16-bit integers. `i64` column.
    Short,
    /// 8-bit integers. `i64` column.
    Byte,
    /// 64-bit floats. `f64` column.
    Double,
    /// 32-bit floats. `f64` column of rounded values.
    Float,
    /// 16-bit floats. `f64` column of rounded values.
    HalfFloat,
    /// Multiples of the inverse of a factor. `f64` column of rounded values.
    ScaledFloat {
        /// The factor: 100 means two decimal places.
        factor: f64,
    },
    /// How many tokens an analyzer makes of a text. `i64` column.
    TokenCount {
        /// The analyzer.
        analyzer: NamedAnalyzer,
    },
    /// True or false. `bool` column.
    Boolean,
    /// Dates. `i64` column of milliseconds since 1970-01-01T00:00Z; those in nanoseconds have another one of these, too, see
    /// [`Field::exact_column`].
    Date {
        /// The format of dates in documents and queries.
        format: DateFormat,
        /// How exact they are.
        resolution: DateResolution,
    },
    /// Unsigned integers of 64 bits. `f64` column of the nearest floats, and an `i64` column of the values minus 2^63, which have the
    /// same order, see [`Field::exact_column`].
    UnsignedLong,
    /// Ranges of values. No column.
    Range(RangeType),
    /// Bytes, written as Base64. Only in the source.
    Binary,
    /// An object whose values are all keywords, found by themselves or by their paths. No column.
    FlatObject,
    /// Numbers above zero that only scores are computed from, as terms. String column of these, which only they read.
    RankFeature {
        /// How many they are.
        form: FeatureForm,
        /// What a greater one does to scores.
        impact: ScoreImpact,
    },
    /// Queries that documents are matched with. Only in the source.
    Percolator,
    /// A point on Earth. Two `f64` columns, see [`Field::point_columns`], and no term.
    GeoPoint,
}

/// How exact dates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateResolution {
    /// The type `date`.
    Millis,
    /// The type `date_nanos`, from 1970 to 2262.
    Nanos,
}

/// What the terms of a text score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// Their rarity and frequency count: the type `text`.
    Scored,
    /// All the same: the type `match_only_text`.
    MatchOnly,
    /// As [`TextForm::Scored`]: the type `completion`, whose texts are inputs of completions, too.
    Completion(CompletionOptions),
    /// As [`TextForm::Scored`]: the type `search_as_you_type`, which has sub-fields for sequences of words.
    SearchAsYouType {
        /// Most words of a sequence.
        max_words: u8,
    },
    /// A sub-field of `search_as_you_type`: its terms are sequences of this many words.
    Sequences {
        /// How many.
        words: u8,
    },
    /// A sub-field of `search_as_you_type`: its terms are the beginnings of sequences of words.
    Beginnings,
}

impl TextForm {
    /// Whether a field of this form is made by its type, and not by the mapping.
    pub(crate) fn is_derived(self) -> bool {
        matches!(self, TextForm::Sequences { .. } | TextForm::Beginnings)
    }

    fn type_name(self) -> &'static str {
        match self {
            TextForm::Scored => "text",
            TextForm::MatchOnly => "match_only_text",
            TextForm::Completion(_) => "completion",
            TextForm::SearchAsYouType { .. } | TextForm::Sequences { .. } => "search_as_you_type",
            TextForm::Beginnings => "prefix",
        }
    }
}

impl FieldKind {
    /// A text, analyzed by the standard analyzer.
    pub fn standard_text() -> Self {
        let standard = || "standard".to_owned();
        FieldKind::Text { analyzer: standard(), search_analyzer: standard(), form: TextForm::Scored }
    }

    /// Whether its values are integers, apart from dates.
    pub fn is_integer(&self) -> bool {
        matches!(
            self,
            FieldKind::Long | FieldKind::Integer | FieldKind::Short | FieldKind::Byte | FieldKind::TokenCount { .. }
        )
    }

    /// Whether its values are floats.
    pub fn is_float(&self) -> bool {
        matches!(self, FieldKind::Double | FieldKind::Float | FieldKind::HalfFloat | FieldKind::ScaledFloat { .. })
    }

    /// Whether it has a column of exact values in addition to one of values that all can read.
    pub(crate) fn has_exact_column(&self) -> bool {
        matches!(self, FieldKind::UnsignedLong | FieldKind::Date { resolution: DateResolution::Nanos, .. })
    }

    /// Whether all terms of it score the same, however rare they are.
    fn scores_equally(&self) -> bool {
        match self {
            FieldKind::Text { form, .. } => *form == TextForm::MatchOnly,
            FieldKind::Keyword(options) => options.form != KeywordForm::Keyword,
            FieldKind::Boolean | FieldKind::FlatObject => false,
            _ => true,
        }
    }

    /// The name of the type in mappings, e.g. `geo_point`.
    pub fn type_name(&self) -> &'static str {
        match self {
            FieldKind::Text { form, .. } => form.type_name(),
            FieldKind::Keyword(options) => options.type_name(),
            FieldKind::Ip => "ip",
            FieldKind::Long => "long",
            FieldKind::Integer => "integer",
            FieldKind::Short => "short",
            FieldKind::Byte => "byte",
            FieldKind::TokenCount { .. } => "token_count",
            FieldKind::Double => "double",
            FieldKind::Float => "float",
            FieldKind::HalfFloat => "half_float",
            FieldKind::ScaledFloat { .. } => "scaled_float",
            FieldKind::Boolean => "boolean",
            FieldKind::Date { resolution: DateResolution::Millis, .. } => "date",
            FieldKind::Date { resolution: DateResolution::Nanos, .. } => "date_nanos",
            FieldKind::UnsignedLong => "unsigned_long",
            FieldKind::Range(range_type) => range_type.type_name(),
            FieldKind::Binary => "binary",
            FieldKind::FlatObject => "flat_object",
            FieldKind::RankFeature { form: FeatureForm::One, .. } => "rank_feature",
            FieldKind::RankFeature { form: FeatureForm::Many, .. } => "rank_features",
            FieldKind::Percolator => "percolator",
            FieldKind::GeoPoint => "geo_point",
        }
    }
}

impl Field {
    pub(crate) fn new(name: String, kind: FieldKind) -> Self {
        let point_columns =
            matches!(kind, FieldKind::GeoPoint).then(|| Box::new((format!("{name}.lat"), format!("{name}.lon"))));
        let options = FieldOptions::default();
        // No field of a mapping has a name with this character.
        let exact_column = kind.has_exact_column().then(|| format!("{name}\u{2}exact").into());
        Field { name, kind, number: 0, subfields: Vec::new(), is_subfield: false, options, point_columns, exact_column }
    }

    /// Whether all values of it score the same, however rare they are.
    pub fn scores_equally(&self) -> bool {
        !self.options.has_terms || self.kind.scores_equally()
    }

    /// The options that fields of most types have.
    pub fn options(&self) -> &FieldOptions {
        &self.options
    }

    /// Full dotted name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its type.
    pub fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// The name of its column in tantivy's fast fields, not to be escaped; `None` for `geo_point`, which has two, and for the types
    /// that have none, such as `text`.
    pub fn column_name(&self) -> Option<&str> {
        match self.kind {
            FieldKind::Text { .. }
            | FieldKind::GeoPoint
            | FieldKind::Range(_)
            | FieldKind::Binary
            | FieldKind::FlatObject
            | FieldKind::Percolator
            | FieldKind::RankFeature { .. } => None,
            _ => Some(&self.name),
        }
    }

    /// The `i64` column with the exact values of a `date_nanos` (nanoseconds since 1970) or an `unsigned_long` (minus 2^63); `None` for
    /// the types whose only column is exact.
    pub fn exact_column(&self) -> Option<&str> {
        self.exact_column.as_deref()
    }

    /// The columns of latitudes and longitudes of a `geo_point`; `None` for every other kind. The values of a document have the
    /// same order in both.
    pub fn point_columns(&self) -> Option<(&str, &str)> {
        self.point_columns.as_deref().map(|(lat, lon)| (lat.as_str(), lon.as_str()))
    }

    /// The sub-fields, in which the same values are indexed, too, by their indices in [`Mapping::fields`].
    ///
    /// [`Mapping::fields`]: crate::Mapping::fields
    pub fn subfields(&self) -> &[usize] {
        &self.subfields
    }

    /// The field in tantivy's schema; for a `geo_point`, that of the latitudes.
    pub fn tantivy_field(&self) -> TantivyField {
        TantivyField::from_field_id(self.number)
    }

    /// Whether it is a sub-field that the type of its field has, and not one of the mapping.
    pub fn is_derived(&self) -> bool {
        self.text_form().is_some_and(TextForm::is_derived)
    }

    /// The form of a text; `None` for every other kind.
    pub fn text_form(&self) -> Option<TextForm> {
        match self.kind {
            FieldKind::Text { form, .. } => Some(form),
            _ => None,
        }
    }

    /// The field in tantivy's schema with the inputs of a `completion`; `None` for every other kind.
    pub fn completions_field(&self) -> Option<TantivyField> {
        self.completion_options().map(|_| TantivyField::from_field_id(self.number + 1))
    }

    /// The term under which this value is indexed; `None` for points and for values of another kind.
    pub fn term(&self, value: &FieldValue) -> Option<Term> {
        let field = self.tantivy_field();
        Some(match (&self.kind, value) {
            (FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::Ip, FieldValue::Text(text)) => {
                Term::from_field_text(field, text)
            }
            (FieldKind::Date { .. }, FieldValue::Date(number) | FieldValue::Nanos(number)) => {
                Term::from_field_i64(field, *number)
            }
            (FieldKind::UnsignedLong, FieldValue::Unsigned(number)) => {
                Term::from_field_i64(field, signed_in_order(*number))
            }
            (kind, FieldValue::Integer(number)) if kind.is_integer() => Term::from_field_i64(field, *number),
            (kind, FieldValue::Float(number)) if kind.is_float() => Term::from_field_f64(field, *number),
            (FieldKind::Boolean, FieldValue::Boolean(value)) => Term::from_field_bool(field, *value),
            _ => return None,
        })
    }

    /// The error that a value of this field is invalid.
    pub fn error(&self, reason: impl Into<InvalidValue>) -> ValueError {
        ValueError { field: self.name.clone(), kind: self.kind.type_name(), reason: reason.into() }
    }
}

/// An unsigned integer as a signed one with the same place in the order.
pub fn signed_in_order(number: u64) -> i64 {
    (number ^ (1 << 63)).cast_signed()
}

/// The unsigned integer of [`signed_in_order`].
pub fn unsigned_in_order(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}
