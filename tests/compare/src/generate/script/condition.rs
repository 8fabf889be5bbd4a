//! Conditions in Painless.

use super::super::field_type::FieldType;
use super::writer::{Type, Writer};

const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

impl Writer<'_> {
    pub(super) fn condition(&mut self, depth: usize) -> String {
        if self.is_leaf(depth) {
            return self.condition_leaf();
        }
        let depth = depth - 1;
        match self.random.below(18) {
            0..=3 => {
                let operator = self.random.pick(&COMPARISONS);
                self.exactly(|writer| format!("({} {operator} {})", writer.number(depth), writer.number(depth)))
            }
            4 | 5 => {
                let operator = self.random.pick(&["&&", "||"]);
                format!("({} {operator} {})", self.condition(depth), self.condition(depth))
            }
            6 => format!("!({})", self.condition(depth)),
            7 => format!("({} ? {} : {})", self.condition(depth), self.condition(depth), self.condition(depth)),
            8 => {
                let operator = self.random.pick(&["==", "!=", "==", "^"]);
                let (left, right) = if operator == "^" {
                    (format!("(boolean){}", self.condition(0)), format!("(boolean){}", self.condition(0)))
                } else {
                    (self.text(depth), self.text(depth))
                };
                format!("({left} {operator} {right})")
            }
            9 | 10 => self.condition_of_text(depth),
            11 => self.condition_of_moment(depth),
            12 => self.condition_of_list(depth),
            13 => {
                let name = self.random.pick(&["isNaN", "isInfinite", "isFinite"]);
                format!("Double.{name}({})", self.double(depth))
            }
            14 => format!("((def)({})).equals({})", self.exactly(|writer| writer.number(depth)), self.whole(0)),
            15 => {
                let of = self.random.pick(&["Integer", "Long", "Double", "Number", "String", "Float"]);
                format!("((def)({}) instanceof {of})", self.number(depth))
            }
            16 => self.condition_of_null(),
            _ => self.call(&[Type::Boolean], depth).unwrap_or_else(|| self.condition_leaf()),
        }
    }

    fn condition_leaf(&mut self) -> String {
        match self.random.below(8) {
            0 => self.random.pick(&["true", "false"]).to_owned(),
            1 if self.has_params => {
                self.random.pick(&["params.yes", "params.containsKey('i')", "params.t.isEmpty()"]).to_owned()
            }
            2 => self.variable(&[Type::Boolean]).unwrap_or_else(|| "true".to_owned()),
            3 => {
                let Some(field) = self.field(&FieldType::IN_SCRIPTS) else { return "false".to_owned() };
                let doc = self.doc(&field);
                let path = &field.path;
                self.random.pick(&[
                    format!("{doc}.empty"),
                    format!("{doc}.isEmpty()"),
                    format!("{doc}.size() > 1"),
                    format!("doc.containsKey('{path}')"),
                ])
            }
            4 => format!("({} {} 2)", self.length(), self.random.pick(&COMPARISONS)),
            _ => {
                let missing = self.random.pick(&["false", "true"]);
                self.value(&[FieldType::Boolean], missing)
            }
        }
    }

    fn condition_of_text(&mut self, depth: usize) -> String {
        let text = self.text(depth);
        let other = self.text(0);
        match self.random.below(11) {
            0 => format!("({text}).contains({other})"),
            1 => format!("({text}).startsWith({other})"),
            2 => format!("({text}).endsWith({other})"),
            3 => format!("({text}).equals({other})"),
            4 => format!("({text}).equalsIgnoreCase({other})"),
            5 => format!("({text}).isEmpty()"),
            6 => format!("(({text}) =~ /{}/)", self.random.pick(&["o", "^n.*l$", "[a-e]+", "a b|e", "\\d"])),
            7 => format!("(({text}) ==~ /{}/)", self.random.pick(&[".*", "[a-z]+", "n.*", "\\w+", "..?.?"])),
            8 => format!("Character.isLetter(({text} + 'x').charAt(0))"),
            9 => format!("Boolean.parseBoolean({text})"),
            _ => format!("({text}).contentEquals({other})"),
        }
    }

    fn condition_of_null(&mut self) -> String {
        if !self.has_params {
            return "(1 == 1.0)".to_owned();
        }
        self.random
            .pick(&[
                "(params.nothing == null)",
                "(params.i !== null)",
                "(params?.m?.c == null)",
                "(params.m?.a != 2)",
                "Objects.isNull(params.nothing)",
                "Objects.equals(params.i, 5)",
            ])
            .to_owned()
    }
}
