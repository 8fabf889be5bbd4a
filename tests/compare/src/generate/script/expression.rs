//! Scripts that are Lucene expressions.

use super::super::Random;
use super::super::field_type::FieldType;
use super::super::schema::FieldSpec;
use super::writer::{Returned, Script};

/// How deep expressions are.
const DEPTH: usize = 4;

const NUMBERS: [&str; 12] = ["0", "1", "2.5", "7", ".5", "1e3", "0x1F", "017", "1e300", "100", "9007199254740993", "3"];

const OPERATORS: [&str; 20] =
    ["+", "-", "*", "/", "+", "*", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "&", "|", "^", "<<", ">>", ">>>"];

const ROUNDED: [&str; 17] = [
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "ln", "log10", "sin", "sinh", "tan",
    "tanh", "ln", "exp",
];

const DATE_PARTS: [&str; 6] =
    ["getYear()", "getMonth()", "getDayOfMonth()", "getHourOfDay()", "getMinutes()", "getSeconds()"];

const MORE_DATE_PARTS: [&str; 17] = [
    "centuryOfEra",
    "dayOfMonth",
    "dayOfWeek",
    "dayOfYear",
    "era",
    "hourOfDay",
    "millisOfDay",
    "millisOfSecond",
    "minuteOfDay",
    "minuteOfHour",
    "monthOfYear",
    "secondOfDay",
    "secondOfMinute",
    "weekOfWeekyear",
    "weekyear",
    "year",
    "yearOfCentury",
];

/// An expression that reads fields.
pub(super) fn expression(random: &mut Random, fields: &[FieldSpec], script: Script) -> String {
    let fields = fields.iter().filter(|field| !matches!(field.kind, FieldType::Keyword | FieldType::Ip)).collect();
    // Where last digits would decide what follows, there are none that depend on a library.
    let is_exact = !matches!(script.returned, Returned::Score | Returned::Number | Returned::Any);
    let mut writer = ExpressionWriter { random, fields, has_score: script.has_score, is_exact };
    if writer.random.chance(0.02) {
        return writer.random.pick(&["1 +", "missing * 2", "twice(2)", "(1", "doc['n'].values", "1 2"]).to_owned();
    }
    match script.returned {
        Returned::Score => {
            let number = writer.number(DEPTH);
            format!("(({number}) >= 0 && ({number}) < 1e30) ? {number} : 0.5")
        }
        Returned::Finite => {
            let number = writer.number(DEPTH - 1);
            format!("(({number}) > -1e6 && ({number}) < 1e6) ? floor({number}) + 0 : 3")
        }
        Returned::Terms if writer.random.chance(0.5) => format!("min(num_terms, {})", writer.number(DEPTH)),
        _ => writer.number(DEPTH),
    }
}

struct ExpressionWriter<'a> {
    random: &'a mut Random,
    fields: Vec<&'a FieldSpec>,
    has_score: bool,
    is_exact: bool,
}

impl ExpressionWriter<'_> {
    fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(0.2) {
            return self.leaf();
        }
        let depth = depth - 1;
        match self.random.below(16) {
            0..=5 => {
                let operator = self.random.pick(&OPERATORS);
                // Of rounded numbers, what is next to a whole number becomes another one.
                let write =
                    |writer: &mut Self| format!("({} {operator} {})", writer.number(depth), writer.number(depth));
                if "+-*/".contains(operator) { write(self) } else { self.exactly(write) }
            }
            6 => self.exactly(|writer| format!("({} % {})", writer.number(depth), writer.number(depth))),
            7 | 8 => {
                let function = self.random.pick(&["max", "min"]);
                format!("{function}({}, {})", self.number(depth), self.number(depth))
            }
            9 => {
                let function = self.random.pick(&["abs", "sqrt"]);
                format!("{function}({})", self.number(depth))
            }
            10 => self.exactly(|writer| {
                let function = writer.random.pick(&["floor", "ceil", "~", "!"]);
                format!("{function}({})", writer.number(depth))
            }),
            11 => {
                let sign = self.random.pick(&["-", "+"]);
                format!("{sign}({})", self.number(depth))
            }
            12 => {
                let condition = self.exactly(|writer| writer.number(depth));
                format!("({condition} ? {} : {})", self.number(depth), self.number(depth))
            }
            13 | 14 if !self.is_exact => self.exactly(|writer| match writer.random.below(8) {
                0 => format!("pow({}, {})", writer.number(depth), writer.random.pick(&["2", "0.5", "-1", "3"])),
                1 => format!("atan2({}, {})", writer.number(depth), writer.number(depth)),
                2 => format!("logn({}, {})", writer.random.pick(&["2", "10"]), writer.number(depth)),
                3 => format!(
                    "haversin(52, 12, {}, {})",
                    writer.random.pick(&["51.5", "-10"]),
                    writer.random.pick(&["7", "170"])
                ),
                _ => format!("{}({})", writer.random.pick(&ROUNDED), writer.number(depth)),
            }),
            _ => self.leaf(),
        }
    }

    fn exactly(&mut self, write: impl FnOnce(&mut Self) -> String) -> String {
        let is_exact = std::mem::replace(&mut self.is_exact, true);
        let written = write(self);
        self.is_exact = is_exact;
        written
    }

    fn leaf(&mut self) -> String {
        match self.random.below(8) {
            0 | 1 => self.random.pick(&NUMBERS).to_owned(),
            2 => self.random.pick(&["i", "n", "d", "big"]).to_owned(),
            3 if self.has_score => "_score".to_owned(),
            _ => self.field(),
        }
    }

    fn field(&mut self) -> String {
        if self.fields.is_empty() {
            return "4".to_owned();
        }
        let field = self.random.pick(&self.fields);
        let doc = format!("doc['{}']", field.path);
        match field.kind {
            // The other server rounds points to a grid.
            FieldType::GeoPoint if self.is_exact => format!("{doc}.empty"),
            FieldType::GeoPoint => format!("{doc}.{}", self.random.pick(&["lat", "lon", "empty"])),
            FieldType::Date => match self.random.below(6) {
                // Before, the other server has the Julian calendar.
                0 | 1 => format!("({doc}.value > -1.2e13 ? {doc}.{} : 1)", self.random.pick(&DATE_PARTS)),
                2 => format!("{doc}.date.{}", self.random.pick(&MORE_DATE_PARTS)),
                3 => format!("{doc}.length"),
                _ => format!("{doc}.value"),
            },
            _ => match self.random.below(8) {
                0 => format!("{doc}.{}", self.random.pick(&["empty", "length", "count()"])),
                1 => doc,
                2 => format!("{doc}.{}", self.random.pick(&["min()", "max()"])),
                3 => format!("{doc}.{}", self.random.pick(&["median()", "avg()", "sum()"])),
                _ => format!("{doc}.value"),
            },
        }
    }
}
