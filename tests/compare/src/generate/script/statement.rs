//! Statements in Painless.

use super::super::field_type::FieldType;
use super::writer::{Type, Writer};

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    /// In a loop, which it may leave.
    Loop,
}

impl Writer<'_> {
    /// Statements inside of braces.
    fn block(&mut self, depth: usize, place: Place) -> String {
        self.in_block(|writer| {
            let statements: Vec<String> =
                (0..=writer.random.below(2)).map(|_| writer.statement(depth.saturating_sub(1), place)).collect();
            statements.join(" ")
        })
    }

    pub(super) fn statement(&mut self, depth: usize, place: Place) -> String {
        match self.random.below(14) {
            0..=3 => self.declaration(),
            4..=7 => self.assignment().unwrap_or_else(|| self.declaration()),
            8 | 9 if depth > 0 => {
                let (condition, block) = (self.condition(2), self.block(depth, place));
                match self.random.below(3) {
                    0 => format!("if ({condition}) {{ {block} }} else {{ {} }}", self.block(depth, place)),
                    1 => format!(
                        "if ({condition}) {{ {block} }} else if ({}) {{ {} }}",
                        self.condition(1),
                        self.block(depth, place)
                    ),
                    _ => format!("if ({condition}) {{ {block} }}"),
                }
            }
            10 | 11 if depth > 0 => self.loop_over_values(depth),
            12 if depth > 0 => self.counting_loop(depth),
            13 if place == Place::Loop => {
                let exit = self.random.pick(&["break", "continue"]);
                format!("if ({}) {{ {exit}; }}", self.condition(1))
            }
            13 => {
                let condition = self.condition(1);
                let exit = self.exit();
                format!("if ({condition}) {{ {exit} }}")
            }
            _ => self.declaration(),
        }
    }

    /// A value of a type.
    pub(super) fn of_type(&mut self, of: Type, depth: usize) -> String {
        self.exactly(|writer| match of {
            Type::Int => writer.int(depth),
            Type::Long => writer.long(depth),
            Type::Double => writer.number(depth),
            Type::Boolean => writer.condition(depth),
            Type::Text => writer.text(depth),
            Type::Number => writer.number(depth),
        })
    }

    fn declaration(&mut self) -> String {
        let of = self.random.pick(&Type::ALL);
        let value = self.of_type(of, 2);
        let name = self.new_name();
        self.variables.push((name.clone(), of));
        let declared = if self.random.chance(0.1) { "def" } else { of.name() };
        match (of, self.random.below(12)) {
            (Type::Int | Type::Number, 0) => format!("{} {name} = 0;", of.name()),
            (Type::Boolean, 0) => format!("boolean {name}; {name} = {value};"),
            _ => format!("{declared} {name} = {value};"),
        }
    }

    fn assignment(&mut self) -> Option<String> {
        let (name, of) = match self.variables.as_slice() {
            [] => return None,
            variables => self.random.pick(variables),
        };
        // Those of loops cannot be changed, or count its steps.
        if name.starts_with(['i', 'e']) {
            return None;
        }
        let value = self.of_type(of, 2);
        Some(match of {
            Type::Int | Type::Long | Type::Number => match self.random.below(6) {
                0 => format!("{name}++;"),
                1 => format!("--{name};"),
                2 => format!("{name} = {value};"),
                3 => format!("{name} /= {};", self.random.pick(&["2", "-3", "5"])),
                _ => format!("{name} {} {value};", self.random.pick(&["+=", "-=", "*="])),
            },
            Type::Double => format!("{name} {} {value};", self.random.pick(&["=", "+=", "-=", "*=", "/=", "%="])),
            Type::Boolean => format!("{name} = {value};"),
            Type::Text if self.random.chance(0.5) => format!("{name} += {};", self.of_type(Type::Number, 1)),
            Type::Text => format!("{name} {} {value};", self.random.pick(&["=", "+="])),
        })
    }

    fn loop_over_values(&mut self, depth: usize) -> String {
        let Some(field) = self.field(&[
            FieldType::Long,
            FieldType::Integer,
            FieldType::Double,
            FieldType::Float,
            FieldType::Boolean,
            FieldType::Keyword,
            FieldType::Date,
        ]) else {
            return self.counting_loop(depth);
        };
        let doc = self.doc(&field);
        let name = self.new_name().replace('v', "e");
        let (of, typed) = match field.kind {
            FieldType::Long | FieldType::Integer => (Type::Long, "long"),
            FieldType::Double | FieldType::Float => (Type::Double, "double"),
            FieldType::Boolean => (Type::Boolean, "boolean"),
            _ => (Type::Text, "String"),
        };
        let head = match self.random.below(3) {
            0 if field.kind != FieldType::Date => format!("{typed} {name} : {doc}"),
            1 => format!("{name} in {doc}"),
            _ => format!("def {name} : {doc}"),
        };
        self.in_block(|writer| {
            let mut first = String::new();
            if field.kind == FieldType::Date {
                let moment = name.clone();
                let part = writer.new_name();
                first = format!("long {part} = {moment}.toInstant().toEpochMilli(); ");
                writer.variables.push((part, Type::Long));
            } else {
                writer.variables.push((name, of));
            }
            format!("for ({head}) {{ {first}{} }}", writer.block(depth, Place::Loop))
        })
    }

    fn counting_loop(&mut self, depth: usize) -> String {
        let name = self.new_name().replace('v', "i");
        let length = match self.random.below(3) {
            0 => "3".to_owned(),
            _ => self.length(),
        };
        let shape = self.random.below(3);
        self.in_block(|writer| {
            writer.variables.push((name.clone(), Type::Int));
            // What skips the rest of a `while` would skip its step.
            let place = if shape == 0 { Place::Loop } else { Place::Outside };
            let block = writer.block(depth, place);
            match shape {
                0 => format!("for (int {name} = 0; {name} < {length}; {name}++) {{ {block} }}"),
                1 => format!("int {name} = 0; while ({name} < {length}) {{ {name}++; {block} }}"),
                _ => format!("int {name} = 0; do {{ {block} {name} += 2; }} while ({name} < {length});"),
            }
        })
    }
}
