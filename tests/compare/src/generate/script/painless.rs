//! Scripts in Painless.

use super::super::Random;
use super::super::schema::FieldSpec;
use super::statement::Place;
use super::writer::{Emitted, Function, Returned, Script, Type, Writer};

/// How deep expressions are.
const DEPTH: usize = 3;

/// Statements with a mistake.
const MISTAKES: [&str; 16] = [
    "int wrong = 'a';",
    "boolean wrong = 1;",
    "int wrong = 2.5;",
    "String wrong = 1;",
    "long wrong = 1e3;",
    "def wrong = 'a' - 1;",
    "def wrong = missing;",
    "def wrong = 'a'.sizes();",
    "def wrong = Math.twice(2);",
    "def wrong = (1 + ;",
    "int wrong = 1; int wrong = 2;",
    "break;",
    "def wrong = true && 1;",
    "def wrong = !5;",
    "def wrong = 1.5 & 2;",
    "if (1) { int other = 2; }",
];

/// A function that makes all numbers those that are scores.
const SCORE: &str =
    "double score(double x) { if (x >= 0) { return Math.min(x, 1e30); } return x < 0 ? Math.min(-x, 1e9) : 0.5; } ";

/// A function that makes all numbers those whose sums are exact.
const FINITE: &str = "double finite(double x) { if (x > -1e6 && x < 1e6) { return Math.floor(x * 4) / 4 + 0.0; } return x > 0 ? 1e6 : -5; } ";

/// A script of which fields are read.
pub(super) fn painless(random: &mut Random, fields: &[FieldSpec], script: Script) -> String {
    let mut writer = Writer::new(random, fields, script);
    let helper = match script.returned {
        Returned::Score => SCORE,
        Returned::Finite | Returned::Emitted(Emitted::Double) => FINITE,
        _ => "",
    };
    let mut source = helper.to_owned();
    let has_statements = writer.random.chance(0.6);
    if has_statements && writer.random.chance(0.25) {
        source.push_str(&writer.own_function());
    }
    if has_statements {
        for _ in 0..1 + writer.random.below(3) {
            source.push_str(&writer.statement(2, Place::Outside));
            source.push(' ');
        }
    }
    // They find mistakes in computed fields, and scripts of `terms_set`, only where documents need them.
    let can_be_wrong = !matches!(script.returned, Returned::Emitted(_) | Returned::Terms);
    if can_be_wrong && writer.random.chance(0.03) {
        source.push_str(writer.random.pick(&MISTAKES));
        source.push(' ');
    }
    let end = match script.returned {
        Returned::Emitted(emitted) => writer.emit(emitted, DEPTH),
        _ if has_statements || writer.random.chance(0.2) => format!("return {};", writer.result(DEPTH)),
        _ => writer.result(DEPTH),
    };
    source.push_str(&end);
    source
}

impl Writer<'_> {
    /// A function without fields and parameters of the request, of which calls are written afterwards.
    fn own_function(&mut self) -> String {
        let name = "own";
        let returned = self.random.pick(&Type::ALL);
        let parameters: Vec<Type> = (0..=self.random.below(2)).map(|_| self.random.pick(&Type::ALL)).collect();
        let fields = std::mem::take(&mut self.fields);
        self.has_params = false;
        let declared: Vec<String> = parameters
            .iter()
            .map(|of| {
                let name = self.new_name();
                self.variables.push((name.clone(), *of));
                format!("{} {name}", of.name())
            })
            .collect();
        let early = if self.random.chance(0.4) {
            let (condition, value) = (self.condition(1), self.of_type(returned, 1));
            format!("if ({condition}) {{ return {value}; }} ")
        } else {
            String::new()
        };
        let value = self.of_type(returned, 2);
        self.fields = fields;
        self.has_params = true;
        self.variables.clear();
        self.function = Some(Function { name, parameters, returned });
        format!("{} {name}({}) {{ {early}return {value}; }} ", returned.name(), declared.join(", "))
    }

    /// A call of the script's own function, if it returns one of these types.
    pub(super) fn call(&mut self, wanted: &[Type], depth: usize) -> Option<String> {
        let function = self.function.clone().filter(|function| wanted.contains(&function.returned))?;
        let arguments: Vec<String> = function.parameters.iter().map(|of| self.of_type(*of, depth)).collect();
        Some(format!("{}({})", function.name, arguments.join(", ")))
    }

    /// A statement that ends the script early.
    pub(super) fn exit(&mut self) -> String {
        match self.script.returned {
            Returned::Emitted(emitted) => format!("{} return;", self.emit(emitted, 1)),
            _ => format!("return {};", self.result(1)),
        }
    }

    /// Emits one value: their order is another one on the other server.
    fn emit(&mut self, emitted: Emitted, depth: usize) -> String {
        let value = match emitted {
            Emitted::Long => self.exactly(|writer| writer.long(depth)),
            Emitted::Double => format!("finite({})", self.exactly(|writer| writer.number(depth))),
            Emitted::Boolean => self.condition(depth),
            Emitted::Text => self.text(depth),
            Emitted::Date => {
                if self.random.chance(0.3) {
                    "1715940000000L".to_owned()
                } else {
                    format!("{}.toInstant().toEpochMilli()", self.moment(depth))
                }
            }
        };
        format!("emit({value});")
    }

    fn result(&mut self, depth: usize) -> String {
        match self.script.returned {
            Returned::Any => match self.random.below(9) {
                0..=3 => self.number(depth),
                4 => self.condition(depth),
                5 | 6 => self.text(depth),
                7 => self.list(),
                _ => self.moment(depth),
            },
            Returned::Condition => self.condition(depth),
            Returned::Score => format!("score({})", self.number(depth)),
            Returned::Number => self.number(depth),
            Returned::Finite => format!("finite({})", self.exactly(|writer| writer.number(depth))),
            Returned::Text => self.text(depth),
            Returned::Terms => match self.random.below(3) {
                0 => format!("Math.min(params.num_terms, {})", self.exactly(|writer| writer.number(depth))),
                1 => format!("params.num_terms - {}", self.length()),
                _ => self.exactly(|writer| writer.number(depth)),
            },
            Returned::Emitted(_) => String::new(),
        }
    }
}
