//! Numbers with fractions in Painless, and numbers of any type.

use super::super::field_type::FieldType;
use super::writer::{Type, Writer};

const FRACTIONS: [&str; 19] = [
    "0.5",
    "-0.0",
    "1.5f",
    "2.5",
    "-7.25",
    "1e300",
    "-1e300",
    "1e-300",
    "0.1",
    "100d",
    "Double.MAX_VALUE",
    "Double.MIN_VALUE",
    "Double.NaN",
    "Double.POSITIVE_INFINITY",
    "Double.NEGATIVE_INFINITY",
    "Float.MAX_VALUE",
    "(0.0 / 0)",
    "(def)2.5",
    "Math.PI",
];

/// Functions of `Math` whose result is the same in all libraries.
const EXACT: [&str; 11] =
    ["abs", "ceil", "floor", "rint", "signum", "sqrt", "ulp", "nextUp", "nextDown", "abs", "floor"];

/// Those whose last digit may be another one.
const ROUNDED: [&str; 19] = [
    "acos",
    "asin",
    "atan",
    "cbrt",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "log",
    "log10",
    "log1p",
    "sin",
    "sinh",
    "tan",
    "tanh",
    "toDegrees",
    "toRadians",
    "log",
    "exp",
];

impl Writer<'_> {
    /// Of any type.
    pub(super) fn number(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 => self.variable(&[Type::Number]).unwrap_or_else(|| self.whole(depth)),
            1..=4 => self.whole(depth),
            _ => self.fraction(depth),
        }
    }

    /// Of the type `double`, exactly.
    pub(super) fn double(&mut self, depth: usize) -> String {
        self.exactly(|writer| format!("(double)({})", writer.number(depth)))
    }

    pub(super) fn fraction(&mut self, depth: usize) -> String {
        if self.is_leaf(depth) {
            return self.fraction_leaf();
        }
        let depth = depth - 1;
        match self.random.below(16) {
            0..=2 => {
                let operator = self.random.pick(&["+", "-", "*", "/"]);
                format!("({} {operator} {})", self.fraction(depth), self.fraction(depth))
            }
            3 | 4 => {
                let operator = self.random.pick(&["+", "-", "*"]);
                let (whole, fraction) = (self.whole(depth), self.fraction(depth));
                let (left, right) = if self.random.chance(0.5) { (whole, fraction) } else { (fraction, whole) };
                format!("({left} {operator} {right})")
            }
            5 => self.exactly(|writer| format!("({} % {})", writer.number(depth), writer.fraction(depth))),
            6 => {
                let of = self.random.pick(&["double", "float", "double"]);
                format!("({of})({})", self.number(depth))
            }
            7 => format!("({} ? {} : {})", self.condition(depth), self.fraction(depth), self.number(depth)),
            8 => format!("(-({}))", self.fraction(depth)),
            9 => format!("Math.{}({})", self.random.pick(&EXACT), self.number(depth)),
            10 => {
                let name = self.random.pick(&["max", "min", "copySign", "IEEEremainder", "nextAfter", "hypot"]);
                self.exactly(|writer| format!("Math.{name}({}, {})", writer.double(depth), writer.double(depth)))
            }
            11 | 12 if !self.is_exact() => self.rounded(depth),
            13 => self.fraction_of_class(depth),
            14 => self.point().unwrap_or_else(|| self.fraction_leaf()),
            _ => self.call(&[Type::Double], depth).unwrap_or_else(|| self.fraction_leaf()),
        }
    }

    fn fraction_leaf(&mut self) -> String {
        match self.random.below(8) {
            0 | 1 => self.random.pick(&FRACTIONS).to_owned(),
            2 if self.has_params => {
                self.random.pick(&["params.d", "params.m.b", "params['d']", "params.m['b']"]).to_owned()
            }
            3 => self.variable(&[Type::Double]).unwrap_or_else(|| "1.25".to_owned()),
            4 if self.script.has_score && self.has_params => "_score".to_owned(),
            _ => {
                let missing = self.random.pick(&["0.0", "-1.5", "0", "(def)2"]);
                self.value(&[FieldType::Double, FieldType::Float], missing)
            }
        }
    }

    /// What is computed with the last digits of a library.
    fn rounded(&mut self, depth: usize) -> String {
        match self.random.below(10) {
            0 => format!("Math.pow({}, {})", self.double(depth), self.random.pick(&["2", "0.5", "-1", "3"])),
            1 => format!("Math.atan2({}, {})", self.double(depth), self.double(depth)),
            2 if self.script.has_score && self.has_params => {
                format!("saturation(Math.abs({}), 2)", self.double(depth))
            }
            3 if self.script.has_score && self.has_params => {
                format!("sigmoid(Math.abs({}), 2, 1)", self.double(depth))
            }
            _ => format!("Math.{}({})", self.random.pick(&ROUNDED), self.double(depth)),
        }
    }

    fn fraction_of_class(&mut self, depth: usize) -> String {
        match self.random.below(7) {
            0 => self.random.pick(&["Double.parseDouble('1.5')", "Float.parseFloat('2.25')"]).to_owned(),
            1 => format!("Double.max({}, {})", self.double(depth), self.double(depth)),
            2 => format!("Double.sum({}, {})", self.double(depth), self.double(depth)),
            3 => format!("Double.longBitsToDouble({})", self.long(depth)),
            4 => format!("((def)({})).doubleValue()", self.number(depth)),
            5 => format!("((def)({})).floatValue()", self.number(depth)),
            _ => self.fraction_of_list(),
        }
    }
}
