//! Whole numbers in Painless: of the types `int` and `long`, and of values that are one of them.

use super::super::field_type::FieldType;
use super::writer::{Type, Writer};

const WHOLE: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "7",
    "3L",
    "-1L",
    "100",
    "255",
    "Integer.MAX_VALUE",
    "Integer.MIN_VALUE",
    "Long.MAX_VALUE",
    "Long.MIN_VALUE",
    "2147483647",
    "4611686018427387905L",
    "(def)5",
];

const PARAMS: [&str; 7] =
    ["params.i", "params.n", "params.big", "params['i']", "params.get('n')", "params.m.a", "params.l.size()"];

impl Writer<'_> {
    pub(super) fn whole(&mut self, depth: usize) -> String {
        if self.is_leaf(depth) {
            return self.whole_leaf();
        }
        let depth = depth - 1;
        match self.random.below(18) {
            0..=3 => {
                let operator = self.random.pick(&["+", "-", "*"]);
                format!("({} {operator} {})", self.whole(depth), self.whole(depth))
            }
            4 => {
                let operator = self.random.pick(&["/", "%"]);
                let divisor = match self.random.below(20) {
                    0 => self.whole(0),
                    _ => self.random.pick(&["2", "7", "-1", "3L", "(def)10"]).to_owned(),
                };
                format!("({} {operator} {divisor})", self.whole(depth))
            }
            5 => {
                let operator = self.random.pick(&["&", "|", "^"]);
                format!("({} {operator} {})", self.whole(depth), self.whole(depth))
            }
            6 => {
                let operator = self.random.pick(&["<<", ">>", ">>>"]);
                format!("({} {operator} {})", self.whole(depth), self.whole(depth))
            }
            7 => {
                let operator = self.random.pick(&["-", "~", "+"]);
                format!("({operator}({}))", self.whole(depth))
            }
            8 => {
                let of = self.random.pick(&["int", "long"]);
                format!("({of})({})", self.exactly(|writer| writer.number(depth)))
            }
            9 => format!("({} ? {} : {})", self.condition(depth), self.whole(depth), self.whole(depth)),
            10 | 11 => self.whole_of_text(depth),
            12 | 13 => self.whole_of_moment(depth),
            14 | 15 => self.whole_of_class(depth),
            16 => self.whole_of_list(depth),
            _ => self.call(&[Type::Int, Type::Long], depth).unwrap_or_else(|| self.whole_leaf()),
        }
    }

    /// Of the type `int`, as arguments must be.
    pub(super) fn int(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 => self.random.pick(&["0", "1", "2", "-1", "31", "Integer.MAX_VALUE"]).to_owned(),
            1 => self.variable(&[Type::Int]).unwrap_or_else(|| "3".to_owned()),
            _ => format!("(int)({})", self.whole(depth)),
        }
    }

    /// Of the type `long`.
    pub(super) fn long(&mut self, depth: usize) -> String {
        format!("(long)({})", self.whole(depth))
    }

    fn whole_leaf(&mut self) -> String {
        match self.random.below(8) {
            0 | 1 => self.random.pick(&WHOLE).to_owned(),
            2 if self.has_params => self.random.pick(&PARAMS).to_owned(),
            3 => self.variable(&[Type::Int, Type::Long]).unwrap_or_else(|| "12".to_owned()),
            4 => self.length(),
            _ => {
                let missing = self.random.pick(&["0", "-1", "5L", "(def)7"]);
                self.value(&[FieldType::Long, FieldType::Integer], missing)
            }
        }
    }

    fn whole_of_text(&mut self, depth: usize) -> String {
        let text = self.text(depth);
        let other = self.text(0);
        match self.random.below(9) {
            0 | 1 => format!("({text}).length()"),
            2 => format!("({text}).indexOf({other})"),
            3 => format!("({text}).lastIndexOf({other})"),
            4 => format!("({text}).compareTo({other})"),
            5 => format!("({text}).compareToIgnoreCase({other})"),
            6 => format!("({text}).hashCode()"),
            7 => format!("('x' + {text}).codePointAt(0)"),
            _ => format!("({text}).splitOnToken('e').length"),
        }
    }

    /// What a class computes of arguments with types.
    fn whole_of_class(&mut self, depth: usize) -> String {
        match self.random.below(20) {
            0 => self
                .random
                .pick(&["Integer.parseInt('12')", "Long.parseLong('-900000000000')", "Byte.MAX_VALUE"])
                .to_owned(),
            1 => format!("Integer.bitCount({})", self.int(depth)),
            2 => format!("Integer.reverse({})", self.int(depth)),
            3 => format!("Integer.numberOfLeadingZeros({})", self.int(depth)),
            4 => format!("Integer.compare({}, {})", self.int(depth), self.int(depth)),
            5 => format!("Integer.max({}, {})", self.int(depth), self.int(depth)),
            6 => format!("Integer.signum({})", self.int(depth)),
            7 => format!("Long.bitCount({})", self.long(depth)),
            8 => format!("Long.numberOfTrailingZeros({})", self.long(depth)),
            9 => format!("Long.compare({}, {})", self.long(depth), self.long(depth)),
            10 => format!("Long.min({}, {})", self.long(depth), self.long(depth)),
            11 => format!("Long.sum({}, {})", self.long(depth), self.long(depth)),
            12 => format!("Long.hashCode({})", self.long(depth)),
            13 => format!("Long.signum({})", self.whole(depth)),
            14 => format!("Math.round({})", self.exactly(|writer| writer.fraction(depth))),
            15 => format!("Double.compare({}, {})", self.double(depth), self.double(depth)),
            16 => format!("Double.doubleToLongBits({})", self.double(depth)),
            17 => format!("Double.hashCode({})", self.double(depth)),
            18 => format!("((def){}).longValue()", self.exactly(|writer| writer.number(depth))),
            _ => format!("((def)({})).intValue()", self.exactly(|writer| writer.number(depth))),
        }
    }
}
