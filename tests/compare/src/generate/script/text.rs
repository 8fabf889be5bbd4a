//! Texts in Painless.

use super::super::field_type::FieldType;
use super::writer::{Type, Writer};

const TEXTS: [&str; 10] =
    ["'a'", "''", "'novel'", "\"essay\"", "'aä€'", "' b '", "'DE'", "'10.0.0.1'", "'it\\'s'", "'e'"];

impl Writer<'_> {
    pub(super) fn text(&mut self, depth: usize) -> String {
        if self.is_leaf(depth) {
            return self.text_leaf();
        }
        let depth = depth - 1;
        match self.random.below(17) {
            0 | 1 => format!("({} + {})", self.text(depth), self.text(depth)),
            2 | 3 => {
                let number = self.exactly(|writer| writer.number(depth));
                let text = self.text(depth);
                if self.random.chance(0.5) { format!("({text} + {number})") } else { format!("({number} + {text})") }
            }
            4 => format!("({} + {})", self.text(depth), self.condition(depth)),
            5 => {
                let name = self.random.pick(&["toLowerCase", "toUpperCase", "trim", "toString"]);
                format!("({}).{name}()", self.text(depth))
            }
            6 => {
                let text = self.text(0);
                self.random.pick(&[
                    format!("('ab' + {text}).substring(1)"),
                    format!("('abc' + {text}).substring(1, 3)"),
                    format!("({text} + 'xy').subSequence(0, 2).toString()"),
                    format!("({text}).substring(({text}).length() > 2 ? 2 : 0)"),
                ])
            }
            // Not of the empty text: what is put between the halves of a character makes no valid answer of the other server.
            7 => {
                let replaced = self.random.pick(&["'a'", "'o'", "'no'", "' '"]);
                format!("({}).replace({replaced}, {})", self.text(depth), self.text(0))
            }
            8 => format!("({}).concat({})", self.text(depth), self.text(0)),
            9 => format!("({} ? {} : {})", self.condition(depth), self.text(depth), self.text(depth)),
            10 | 11 => self.text_of_class(depth),
            12 => format!("({}).splitOnToken('e')[0]", self.text(depth)),
            13 => format!("String.valueOf({})", self.exactly(|writer| writer.number(depth))),
            14 => self.text_of_list(),
            15 => self.text_of_moment(depth),
            _ => self.call(&[Type::Text], depth).unwrap_or_else(|| self.text_leaf()),
        }
    }

    fn text_leaf(&mut self) -> String {
        match self.random.below(8) {
            0 | 1 => self.random.pick(&TEXTS).to_owned(),
            2 if self.has_params => self.random.pick(&["params.s", "params.t[0]", "params.t.get(1)"]).to_owned(),
            3 => self.variable(&[Type::Text]).unwrap_or_else(|| "'v'".to_owned()),
            4 => self.value(&[FieldType::Ip], "'::'"),
            _ => {
                let missing = self.random.pick(&["''", "'none'"]);
                self.value(&[FieldType::Keyword], missing)
            }
        }
    }

    fn text_of_class(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 => format!("Integer.toString({})", self.int(depth)),
            1 => format!("Integer.toHexString({})", self.int(depth)),
            2 => format!("Integer.toBinaryString({})", self.int(depth)),
            3 => format!("Long.toString({})", self.long(depth)),
            4 => format!("Long.toHexString({})", self.long(depth)),
            5 => format!("Double.toString({})", self.double(depth)),
            6 => format!("Boolean.toString({})", self.condition(depth)),
            _ => format!("((def)({})).toString()", self.exactly(|writer| writer.number(depth))),
        }
    }
}
