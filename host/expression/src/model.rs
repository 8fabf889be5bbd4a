//! Compares the evaluator with a naive one, which walks the syntax tree for one document after another. What both do with single
//! values is compared with OpenSearch in `answers`.

mod lucene;
mod sources;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use quidditch_function::Role;
use serde_json::{Map, Value as Json, json};

use crate::evaluate::Stop;
use crate::function::java_math;
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::members;
use crate::operations::{self, CastKind, cast, cast_like};
use crate::parser::{parse_expression, parse_script};
use crate::syntax::{Binary, Expr, ExprKind, LoopOrder, Statement, StatementKind, StepResult, TypeName};
use crate::test_documents::{Document, compiled, run};
use crate::value::Value;
use sources::{documents, expression_sources, painless_scripts};

fn params() -> Map<String, Json> {
    json!({"i": 5, "d": -0.5, "big": 5_000_000_000_i64, "s": "ab", "yes": true})
        .as_object()
        .cloned()
        .unwrap_or_default()
}

/// One document, as the naive evaluator sees it.
struct Naive<'a> {
    document: &'a Document,
    variables: Vec<(String, TypeName, Value)>,
}

/// Where statements lead.
enum Flow {
    Next,
    Return(Value),
    Break,
    Continue,
}

/// That a document fails: why does not matter here.
struct Failed;

impl From<crate::failure::Failure> for Failed {
    fn from(_: crate::failure::Failure) -> Self {
        Failed
    }
}

impl Naive<'_> {
    fn values(&self, field: &str) -> Vec<Value> {
        let document = self.document;
        match field {
            "n" | "i" => {
                let mut values = document.integers(field).to_vec();
                values.sort_unstable();
                values.into_iter().map(Value::Long).collect()
            }
            "d" | "f" => {
                let mut values = document.floats(field);
                values.sort_by(f64::total_cmp);
                values.into_iter().map(Value::Double).collect()
            }
            "b" => {
                let mut values = document.booleans.clone();
                values.sort_unstable();
                values.into_iter().map(Value::Boolean).collect()
            }
            "t" => {
                let mut values = document.dates.clone();
                values.sort_unstable();
                values.into_iter().map(Value::Date).collect()
            }
            _ => {
                let mut values = document.keywords.clone();
                values.sort_unstable();
                values.dedup();
                values.into_iter().map(Value::text).collect()
            }
        }
    }

    /// The values of a field, if the expression is `doc['field']`.
    fn field(&self, expression: &Expr) -> Option<Vec<Value>> {
        let ExprKind::Index { object, index } = &expression.kind else { return None };
        match (&object.kind, &index.kind) {
            (ExprKind::Name(doc), ExprKind::Text(field)) if doc == "doc" => Some(self.values(field)),
            _ => None,
        }
    }

    fn boolean(&mut self, expression: &Expr) -> Result<bool, Failed> {
        match self.eval(expression)? {
            Value::Boolean(value) => Ok(value),
            _ => Err(Failed),
        }
    }

    fn eval(&mut self, expression: &Expr) -> Result<Value, Failed> {
        Ok(match &expression.kind {
            ExprKind::Number(number) => number_value(number),
            ExprKind::Text(text) => Value::text(text),
            ExprKind::Boolean(value) => Value::Boolean(*value),
            ExprKind::Null => Value::Null,
            ExprKind::Name(name) if name == "_score" => Value::Double(f64::from(self.document.score)),
            ExprKind::Name(name) => {
                let variable = self.variables.iter().find(|(other, _, _)| other == name).ok_or(Failed)?;
                variable.2.clone()
            }
            ExprKind::Property { object, name, .. } => match (&object.kind, self.field(object)) {
                (ExprKind::Name(params_name), _) if params_name == "params" => {
                    params().get(name).and_then(Value::from_json).unwrap_or(Value::Null)
                }
                (_, Some(values)) => match name.as_str() {
                    "value" => values.first().cloned().ok_or(Failed)?,
                    "length" => Value::Int(values.len() as i32),
                    "empty" => Value::Boolean(values.is_empty()),
                    _ => return Err(Failed),
                },
                _ => members::property(&self.eval(object)?, name)?,
            },
            ExprKind::Method { object, name, arguments, .. } => {
                if matches!(&object.kind, ExprKind::Name(class) if class == "Math") {
                    let function = java_math(name, arguments.len()).ok_or(Failed)?;
                    let arguments: Vec<Value> =
                        arguments.iter().map(|argument| self.eval(argument)).collect::<Result<_, _>>()?;
                    return Ok(function.apply(&arguments)?);
                }
                if let Some(values) = self.field(object) {
                    return match name.as_str() {
                        "size" => Ok(Value::Int(values.len() as i32)),
                        "isEmpty" => Ok(Value::Boolean(values.is_empty())),
                        "contains" => {
                            let wanted = self.eval(&arguments[0])?;
                            Ok(Value::Boolean(values.iter().any(|value| members::same(value, &wanted))))
                        }
                        _ => Err(Failed),
                    };
                }
                let receiver = self.eval(object)?;
                let arguments: Vec<Value> =
                    arguments.iter().map(|argument| self.eval(argument)).collect::<Result<_, _>>()?;
                members::method(&receiver, name, &arguments)?
            }
            ExprKind::Unary { operator, operand } => operations::unary(*operator, &self.eval(operand)?)?,
            ExprKind::Binary { operator: Binary::And, left, right } => {
                Value::Boolean(self.boolean(left)? && self.boolean(right)?)
            }
            ExprKind::Binary { operator: Binary::Or, left, right } => {
                Value::Boolean(self.boolean(left)? || self.boolean(right)?)
            }
            ExprKind::Binary { operator, left, right } => {
                operations::binary(*operator, &self.eval(left)?, &self.eval(right)?)?
            }
            ExprKind::Conditional { condition, yes, no } => {
                if self.boolean(condition)? {
                    self.eval(yes)?
                } else {
                    self.eval(no)?
                }
            }
            ExprKind::Elvis { left, right } => match self.eval(left)? {
                Value::Null => self.eval(right)?,
                value => value,
            },
            ExprKind::Cast { to, operand } => cast(*to, CastKind::Explicit, &self.eval(operand)?)?,
            ExprKind::InstanceOf { operand, of } => Value::Boolean(operations::is_instance(&self.eval(operand)?, *of)),
            ExprKind::Index { object, index } => {
                let values = self.field(object).ok_or(Failed)?;
                let index = self.eval(index)?;
                if values.is_empty() {
                    return Err(Failed);
                }
                members::at_index(&Value::List(values.into()), &index)?
            }
            ExprKind::Assignment { variable, operator, value } => {
                // The old value is looked at before the new one is computed.
                let ExprKind::Name(name) = &variable.kind else { return Err(Failed) };
                let old = self.variables.iter().find(|(other, _, _)| other == name).ok_or(Failed)?.2.clone();
                let value = self.eval(value)?;
                if operator.is_some() {
                    let place = self.variables.iter().position(|(other, _, _)| other == name).ok_or(Failed)?;
                    self.variables[place].2 = old;
                }
                self.assign(variable, *operator, value)?.1
            }
            ExprKind::Step { variable, by, result } => {
                let (old, new) = self.assign(variable, Some(*by), Value::Int(1))?;
                if *result == StepResult::Before { old } else { new }
            }
            _ => return Err(Failed),
        })
    }

    /// The value of `variable = value`, `variable += value`, and of steps.
    fn assign(&mut self, variable: &Expr, operator: Option<Binary>, value: Value) -> Result<(Value, Value), Failed> {
        let ExprKind::Name(name) = &variable.kind else { return Err(Failed) };
        let place = self.variables.iter().position(|(other, _, _)| other == name).ok_or(Failed)?;
        let (_, of, old) = self.variables[place].clone();
        let new = match operator {
            None => cast(of, CastKind::Implicit, &value)?,
            Some(operator) => {
                let new = operations::binary(operator, &old, &value)?;
                if of == TypeName::Def { cast_like(&old, &new)? } else { cast(of, CastKind::Explicit, &new)? }
            }
        };
        self.variables[place].2 = new.clone();
        Ok((old, new))
    }

    /// Where the statements lead.
    fn execute(&mut self, statements: &[Statement]) -> Result<Flow, Failed> {
        for statement in statements {
            match &statement.kind {
                StatementKind::Declare { of, name, value } => {
                    let value = match value {
                        Some(value) => cast(*of, CastKind::Implicit, &self.eval(value)?)?,
                        None => Value::Null,
                    };
                    self.variables.retain(|(other, _, _)| other != name);
                    self.variables.push((name.clone(), *of, value));
                }
                StatementKind::Return(Some(value)) => return Ok(Flow::Return(self.eval(value)?)),
                StatementKind::Return(None) => return Err(Failed),
                StatementKind::If { condition, yes, no } => {
                    let branch = if self.boolean(condition)? { yes } else { no };
                    match self.execute(branch)? {
                        Flow::Next => {}
                        flow => return Ok(flow),
                    }
                }
                StatementKind::Expression(expression) => _ = self.eval(expression)?,
                StatementKind::Break => return Ok(Flow::Break),
                StatementKind::Continue => return Ok(Flow::Continue),
                StatementKind::Loop { first, condition, order, body, after } => {
                    self.execute(first)?;
                    let mut is_first = true;
                    loop {
                        let is_looked_at = !(is_first && *order == LoopOrder::BodyFirst);
                        is_first = false;
                        if let Some(condition) = condition
                            && is_looked_at
                            && !self.boolean(condition)?
                        {
                            break;
                        }
                        match self.execute(body)? {
                            Flow::Next | Flow::Continue => {}
                            Flow::Break => break,
                            flow => return Ok(flow),
                        }
                        if let Some(after) = after {
                            self.eval(after)?;
                        }
                    }
                }
                StatementKind::ForEach { of, name, values, body } => {
                    for value in self.field(values).ok_or(Failed)? {
                        self.variables.retain(|(other, _, _)| other != name);
                        self.variables.push((name.clone(), *of, cast(*of, CastKind::Explicit, &value)?));
                        match self.execute(body)? {
                            Flow::Next | Flow::Continue => {}
                            Flow::Break => break,
                            flow => return Ok(flow),
                        }
                    }
                }
            }
        }
        Ok(Flow::Next)
    }
}

fn as_number(value: &Value) -> f64 {
    match value {
        Value::Boolean(value) => f64::from(u8::from(*value)),
        value => value.as_double().unwrap_or(f64::NAN),
    }
}

fn number_value(number: &str) -> Value {
    if let Some(long) = number.strip_suffix('L') {
        return Value::Long(long.parse().expect("a long"));
    }
    if let Some(float) = number.strip_suffix('f') {
        return Value::Float(float.parse().expect("a float"));
    }
    number.parse().map_or_else(|_| Value::Double(number.parse().expect("a double")), Value::Int)
}

/// Equal, or both NaN.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Double(left), Value::Double(right)) => {
            left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
        }
        _ => left == right,
    }
}

#[test]
fn conditions_of_expressions_look_at_the_low_bits_of_bit_operators() {
    let documents = [Document { integers: [vec![i64::MAX], Vec::new()], ..Document::default() }];
    // Answers of OpenSearch.
    for (source, expected) in [
        ("~doc['n'] ? 0 : 2.5", 2.5),
        ("+(~doc['n']) ? 0 : 2.5", 2.5),
        ("-(~doc['n']) ? 0 : 2.5", 0.0),
        ("(ln(0) >> 1) ? 0 : 2.5", 2.5),
        ("+(1 ? ~doc['n'] : 1) ? 0 : 2.5", 2.5),
    ] {
        let program = compiled(Language::Expression, source, &Map::new(), Role::Scorer).expect("valid");
        assert_eq!(run(&program, &documents).expect("it succeeds"), [Value::Double(expected)], "{source}");
    }
}

#[test]
fn a_branch_that_can_fail_is_evaluated_for_those_documents_alone_that_need_it() {
    let source = "doc['k'].contains('a') ? (def)((def)doc['n'].size() & _score) : (def)3L";
    let program = compiled(Language::Painless, source, &params(), Role::Scorer).expect("valid");
    assert_eq!(run(&program, &[Document::default()]).expect("the branch is not needed"), [Value::Double(3.0)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn painless_returns_what_the_naive_evaluator_returns(source in painless_scripts(), documents in documents()) {
        // Mistakes that are found by types are not the naive evaluator's business.
        let Ok(program) = compiled(Language::Painless, &source, &params(), Role::Scorer) else { return Ok(()) };
        let statements = parse_script(&source, &ScriptLimits::default()).expect("it was compiled").statements;
        let expected: Result<Vec<Value>, Failed> = documents
            .iter()
            .map(|document| {
                let value = match (Naive { document, variables: Vec::new() }).execute(&statements)? {
                    Flow::Return(value) => value,
                    _ => Value::Double(0.0),
                };
                Ok(cast(TypeName::Double, CastKind::Implicit, &value)?)
            })
            .collect();
        match (run(&program, &documents), expected) {
            (Ok(ours), Ok(expected)) => {
                for (ours, expected) in ours.iter().zip(&expected) {
                    prop_assert!(is_same(ours, expected), "{ours:?} is not {expected:?}: {source}");
                }
            }
            (Err(Stop::Failed { .. }), Err(Failed)) => {}
            (ours, expected) => prop_assert!(false, "{ours:?}, but the naive one {}: {source}", if expected.is_ok() { "succeeds" } else { "fails" }),
        }
    }

    #[test]
    fn expressions_return_what_the_naive_evaluator_returns(source in expression_sources(), documents in documents()) {
        let numbers: Map<String, Json> = params().into_iter().filter(|(_, value)| value.is_number()).collect();
        let program = compiled(Language::Expression, &source, &numbers, Role::Scorer).expect("valid");
        let expression = parse_expression(&source, &ScriptLimits::default()).expect("valid");
        let ours = run(&program, &documents).expect("expressions do not fail");
        for (ours, document) in ours.iter().zip(&documents) {
            let expected = Value::Double(Naive { document, variables: Vec::new() }.number(&expression));
            prop_assert!(is_same(ours, &expected), "{ours:?} is not {expected:?}: {source}");
        }
    }
}

/// Random scripts in Painless are often mistakes, or fail on a document. Enough of them must return something.
#[test]
fn many_random_scripts_return_values() {
    let mut runner = TestRunner::deterministic();
    let (mut valid, mut returned) = (0, 0);
    for _ in 0..500 {
        let source = painless_scripts().new_tree(&mut runner).expect("a script").current();
        let documents = documents().new_tree(&mut runner).expect("documents").current();
        if let Ok(program) = compiled(Language::Painless, &source, &params(), Role::Scorer) {
            valid += 1;
            returned += usize::from(run(&program, &documents).is_ok());
        }
    }
    assert!(valid > 200 && returned > 50, "of 500 scripts, {valid} were valid and {returned} returned values");
}
