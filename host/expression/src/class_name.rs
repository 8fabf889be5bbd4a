//! The classes that a script can name as types.

use super::java_time::{Time, ZonedDateTime};
use crate::failure::Failure;
use crate::value::Value;

/// A class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClassName {
    Object,
    Number,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Character,
    CharSequence,
    Collection,
    List,
    Map,
    Joda,
    ZonedDateTime,
    Instant,
    Duration,
    LocalDate,
    ZoneId,
    ChronoUnit,
    DayOfWeek,
    Month,
    Pattern,
}

/// The names in scripts, and in errors.
const NAMES: &[(&str, &str, ClassName)] = &[
    ("Object", "java.lang.Object", ClassName::Object),
    ("Number", "java.lang.Number", ClassName::Number),
    ("Integer", "java.lang.Integer", ClassName::Integer),
    ("Long", "java.lang.Long", ClassName::Long),
    ("Float", "java.lang.Float", ClassName::Float),
    ("Double", "java.lang.Double", ClassName::Double),
    ("Boolean", "java.lang.Boolean", ClassName::Boolean),
    ("Character", "java.lang.Character", ClassName::Character),
    ("CharSequence", "java.lang.CharSequence", ClassName::CharSequence),
    ("Collection", "java.util.Collection", ClassName::Collection),
    ("List", "java.util.List", ClassName::List),
    ("Map", "java.util.Map", ClassName::Map),
    ("JodaCompatibleZonedDateTime", "org.opensearch.script.JodaCompatibleZonedDateTime", ClassName::Joda),
    ("ZonedDateTime", "java.time.ZonedDateTime", ClassName::ZonedDateTime),
    ("Instant", "java.time.Instant", ClassName::Instant),
    ("Duration", "java.time.Duration", ClassName::Duration),
    ("LocalDate", "java.time.LocalDate", ClassName::LocalDate),
    ("ZoneId", "java.time.ZoneId", ClassName::ZoneId),
    ("ChronoUnit", "java.time.temporal.ChronoUnit", ClassName::ChronoUnit),
    ("DayOfWeek", "java.time.DayOfWeek", ClassName::DayOfWeek),
    ("Month", "java.time.Month", ClassName::Month),
    ("Pattern", "java.util.regex.Pattern", ClassName::Pattern),
];

impl ClassName {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(short, _, _)| *short == name).map(|(_, _, class)| *class)
    }

    /// With its package.
    pub(crate) fn full_name(self) -> &'static str {
        NAMES.iter().find(|(_, _, class)| *class == self).map_or("", |(_, name, _)| name)
    }

    /// Whether a value is an instance of it; null is one of no class.
    pub(crate) fn has(self, value: &Value) -> bool {
        match self {
            ClassName::Object => *value != Value::Null,
            ClassName::Number => value.as_double().is_some() && !matches!(value, Value::Char(_)),
            ClassName::Integer => matches!(value, Value::Int(_)),
            ClassName::Long => matches!(value, Value::Long(_)),
            ClassName::Float => matches!(value, Value::Float(_)),
            ClassName::Double => matches!(value, Value::Double(_)),
            ClassName::Boolean => matches!(value, Value::Boolean(_)),
            ClassName::Character => matches!(value, Value::Char(_)),
            ClassName::CharSequence => matches!(value, Value::Text(_)),
            ClassName::Collection | ClassName::List => matches!(value, Value::List(_)),
            ClassName::Map => matches!(value, Value::Map(_)),
            ClassName::Joda => matches!(value, Value::Date(_)),
            // Patterns are not values here.
            ClassName::Pattern => false,
            _ => matches!(value, Value::Time(time) if time.class() == self.full_name()),
        }
    }

    /// Whether its instances are values of `java.time`.
    pub(crate) fn is_of_time(self) -> bool {
        self.full_name().starts_with("java.time.")
    }

    /// A value as an instance of it; `None` if it is not one. A date of a document becomes one of `java.time` where that is asked
    /// for.
    pub(crate) fn converted(self, value: &Value) -> Result<Option<Value>, Failure> {
        match (self, value) {
            (ClassName::ZonedDateTime, Value::Date(millis)) => {
                Ok(Some(Value::time(Time::Zoned(ZonedDateTime::from_millis(*millis)?))))
            }
            _ if *value == Value::Null || self.has(value) => Ok(Some(value.clone())),
            _ => Ok(None),
        }
    }
}
