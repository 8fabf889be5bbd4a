//! The types of random fields.

/// The type of a field, or several types whose fields have the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Keyword,
    Wildcard,
    ConstantKeyword,
    Long,
    Integer,
    Double,
    Float,
    UnsignedLong,
    TokenCount,
    Boolean,
    Date,
    GeoPoint,
    Ip,
    Range,
    DateRange,
    IpRange,
    FlatObject,
    Completion,
    Binary,
    /// An object whose content is not indexed.
    Disabled,
}

impl FieldType {
    pub(super) const ALL: [FieldType; 21] = [
        FieldType::Text,
        FieldType::Keyword,
        FieldType::Wildcard,
        FieldType::ConstantKeyword,
        FieldType::Long,
        FieldType::Integer,
        FieldType::Double,
        FieldType::Float,
        FieldType::UnsignedLong,
        FieldType::TokenCount,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::GeoPoint,
        FieldType::Ip,
        FieldType::Range,
        FieldType::DateRange,
        FieldType::IpRange,
        FieldType::FlatObject,
        FieldType::Completion,
        FieldType::Binary,
        FieldType::Disabled,
    ];

    /// Types that most queries and aggregations are about.
    pub(super) const FREQUENT: [FieldType; 9] = [
        FieldType::Text,
        FieldType::Text,
        FieldType::Keyword,
        FieldType::Long,
        FieldType::Double,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::GeoPoint,
        FieldType::Ip,
    ];

    /// Types of which aggregations are computed, or by which they are selected.
    pub(super) const WITH_COLUMNS: [FieldType; 5] =
        [FieldType::Integer, FieldType::Float, FieldType::TokenCount, FieldType::Keyword, FieldType::Text];

    /// Types whose values scripts read exactly.
    pub(super) const IN_SCRIPTS: [FieldType; 9] = [
        FieldType::Long,
        FieldType::Integer,
        FieldType::Double,
        FieldType::Float,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::Keyword,
        FieldType::GeoPoint,
        FieldType::Ip,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            FieldType::Text => "text",
            FieldType::Keyword => "keyword",
            FieldType::Wildcard => "wildcard",
            FieldType::ConstantKeyword => "constant_keyword",
            FieldType::Long => "long",
            FieldType::Integer => "integer",
            FieldType::Double => "double",
            FieldType::Float => "float",
            FieldType::UnsignedLong => "unsigned_long",
            FieldType::TokenCount => "token_count",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::GeoPoint => "geo_point",
            FieldType::Ip => "ip",
            FieldType::Range => "integer_range",
            FieldType::DateRange => "date_range",
            FieldType::IpRange => "ip_range",
            FieldType::FlatObject => "flat_object",
            FieldType::Completion => "completion",
            FieldType::Binary => "binary",
            FieldType::Disabled => "object",
        }
    }

    /// Whether the other server can sort by it.
    pub(super) fn has_column(self) -> bool {
        self.is_number() || matches!(self, FieldType::Keyword | FieldType::Boolean | FieldType::Date | FieldType::Ip)
    }

    /// Integers and numbers with fractions, apart from `unsigned_long`, which the other server sorts only in part.
    pub(super) fn is_number(self) -> bool {
        self.has_numbers() || self == FieldType::TokenCount
    }

    /// Whether its values in documents are numbers.
    pub(super) fn has_numbers(self) -> bool {
        matches!(self, FieldType::Long | FieldType::Integer | FieldType::Double | FieldType::Float)
    }

    pub(super) fn is_range(self) -> bool {
        matches!(self, FieldType::Range | FieldType::DateRange | FieldType::IpRange)
    }

    /// Whether its terms are texts to which patterns apply.
    pub(super) fn has_texts(self) -> bool {
        matches!(self, FieldType::Text | FieldType::Keyword | FieldType::Wildcard | FieldType::FlatObject)
    }
}
