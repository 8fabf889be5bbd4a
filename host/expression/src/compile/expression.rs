//! Lucene expressions: every value is a double. Nothing can fail on a document: a missing value is 0.

mod bits;

use quidditch_function::ColumnKind;
use serde_json::{Map, Value as Json};

use super::columns::Columns;
use super::date_parts::{date_method, date_variable};
use super::number::other_radix;
use crate::date::DatePart;
use crate::failure::{Failure, Located};
use crate::field::{FieldType, Fields};
use crate::function::{ScalarFunction, expression_function};
use crate::operations::CastKind;
use crate::program::{FieldRead, Node, Operation, Program, Statement};
use crate::purpose::Purpose;
use crate::syntax::{Binary, Expr, ExprKind, TypeName, Unary};
use crate::value::Value;

pub(super) fn compile(
    expression: &Expr,
    purpose: Purpose,
    fields: &dyn Fields,
    params: &Map<String, Json>,
) -> Result<Program, Located> {
    let refused = match purpose {
        Purpose::TextSort => Some("a sort by texts"),
        Purpose::Emit => Some("a field of the request"),
        _ => None,
    };
    if let Some(what) = refused {
        let reason = format!("an expression is a number, which {what} cannot use: write the script in [painless]");
        return Err(Failure::argument(reason).at(expression.at));
    }
    let columns = Columns::with_current(fields.current());
    let mut compiler = Compiler { purpose, fields, params, columns, needs_score: false };
    let value = compiler.number(expression)?;
    let (value, default) = match purpose {
        Purpose::Filter => (boolean(value, ScalarFunction::NotZero), Value::Boolean(false)),
        _ => (value, Value::Double(0.0)),
    };
    Ok(Program {
        columns: compiler.columns.into_requests(),
        statements: vec![Statement::Return(value)],
        variables: 0,
        default,
        needs_score: compiler.needs_score,
    })
}

struct Compiler<'a> {
    purpose: Purpose,
    fields: &'a dyn Fields,
    params: &'a Map<String, Json>,
    columns: Columns,
    needs_score: bool,
}

fn mistake(reason: impl Into<String>, at: usize) -> Located {
    Failure::new("parse_exception", reason).at(at)
}

fn double(value: f64, at: usize) -> Node {
    Node::constant(Value::Double(value), at)
}

fn is_of_bits(operator: Binary) -> bool {
    use Binary::{BitAnd, BitOr, BitXor, ShiftLeft, ShiftRight, ShiftRightUnsigned};
    matches!(operator, BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight | ShiftRightUnsigned)
}

/// A function of numbers, or of booleans, that cannot fail.
fn total(function: ScalarFunction, arguments: Vec<Node>, at: usize) -> Node {
    let total = arguments.iter().all(|argument| argument.total);
    Node { total, ..Node::apply(function, arguments, at) }
}

/// A number as a condition.
fn boolean(number: Node, test: ScalarFunction) -> Node {
    match number.operation {
        Operation::Apply(ScalarFunction::FromBoolean, mut arguments) if arguments.len() == 1 => {
            arguments.swap_remove(0)
        }
        _ => {
            let at = number.at;
            total(test, vec![number], at)
        }
    }
}

fn from_boolean(condition: Node) -> Node {
    let at = condition.at;
    total(ScalarFunction::FromBoolean, vec![condition], at)
}

impl Compiler<'_> {
    fn number(&mut self, expression: &Expr) -> Result<Node, Located> {
        let at = expression.at;
        match &expression.kind {
            ExprKind::Number(number) => match other_radix(number) {
                Some(integer) => Ok(double(integer.map_err(|failure| failure.at(at))? as f64, at)),
                None => match number.parse() {
                    Ok(value) => Ok(double(value, at)),
                    Err(_) => Err(mistake(format!("invalid number [{number}]"), at)),
                },
            },
            ExprKind::Unary { operator, operand } => match operator {
                Unary::Plus => self.number(operand),
                Unary::Minus => Ok(total(ScalarFunction::Unary(Unary::Minus), vec![self.number(operand)?], at)),
                Unary::BitNot if Self::is_integer(operand) => self.integer_as_number(expression),
                Unary::BitNot => Ok(total(ScalarFunction::BitNot, vec![self.number(operand)?], at)),
                Unary::Not => {
                    let condition = self.condition(operand)?;
                    Ok(from_boolean(total(ScalarFunction::Unary(Unary::Not), vec![condition], at)))
                }
            },
            ExprKind::Binary { operator, left, right }
                if is_of_bits(*operator) && (Self::is_integer(left) || Self::is_integer(right)) =>
            {
                self.integer_as_number(expression)
            }
            ExprKind::Binary { operator, left, right } => self.binary(*operator, left, right, at),
            ExprKind::Conditional { condition, yes, no } => {
                let condition = self.condition(condition)?;
                Ok(Node::conditional(condition, self.number(yes)?, self.number(no)?, at))
            }
            ExprKind::Call { name, arguments } => self.call(name, arguments, at),
            _ => self.variable(expression),
        }
    }

    fn condition(&mut self, expression: &Expr) -> Result<Node, Located> {
        let at = expression.at;
        match &expression.kind {
            // The alternatives of a condition are conditions: one of them may be an operator on bits.
            ExprKind::Conditional { condition, yes, no } => {
                let condition = self.condition(condition)?;
                Ok(Node::conditional(condition, self.condition(yes)?, self.condition(no)?, at))
            }
            ExprKind::Unary { operator: Unary::Plus, operand } => self.condition(operand),
            ExprKind::Unary { operator: Unary::BitNot, operand } if Self::is_integer(operand) => {
                self.integer_is_true(expression)
            }
            ExprKind::Unary { operator: Unary::BitNot, operand } => {
                Ok(total(ScalarFunction::BitNotIsTrue, vec![self.number(operand)?], at))
            }
            ExprKind::Binary { operator, left, right }
                if is_of_bits(*operator) && (Self::is_integer(left) || Self::is_integer(right)) =>
            {
                self.integer_is_true(expression)
            }
            ExprKind::Binary { operator, left, right } if is_of_bits(*operator) => {
                let operands = vec![self.number(left)?, self.number(right)?];
                Ok(total(ScalarFunction::BitsAreTrue(*operator), operands, at))
            }
            _ => Ok(boolean(self.number(expression)?, ScalarFunction::Truth)),
        }
    }

    fn binary(&mut self, operator: Binary, left: &Expr, right: &Expr, at: usize) -> Result<Node, Located> {
        match operator {
            Binary::And => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                return Ok(from_boolean(Node::and(left, right, at)));
            }
            Binary::Or => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                return Ok(from_boolean(Node::or(left, right, at)));
            }
            _ => {}
        }
        let operands = vec![self.number(left)?, self.number(right)?];
        Ok(match operator {
            Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
            | Binary::Equal
            | Binary::NotEqual => from_boolean(total(ScalarFunction::Binary(operator), operands, at)),
            _ if is_of_bits(operator) => total(ScalarFunction::Bits(operator), operands, at),
            _ => total(ScalarFunction::Binary(operator), operands, at),
        })
    }

    fn call(&mut self, name: &str, arguments: &[Expr], at: usize) -> Result<Node, Located> {
        let Some((expected, function)) = expression_function(name) else {
            return Err(mistake(format!("Unrecognized function call ({name})."), at));
        };
        if arguments.len() != expected {
            let found = arguments.len();
            let reason = format!("Expected ({expected}) arguments for function call ({name}), but found ({found}).");
            return Err(mistake(reason, at));
        }
        let arguments = arguments.iter().map(|argument| self.number(argument)).collect::<Result<_, _>>()?;
        Ok(total(function, arguments, at))
    }

    /// A parameter, the score, or something of a field.
    fn variable(&mut self, expression: &Expr) -> Result<Node, Located> {
        let at = expression.at;
        match &expression.kind {
            ExprKind::Name(name) => self.name(name, at),
            ExprKind::Index { object, index } => {
                let field = self.field(object, index)?;
                self.member(&field, "value", at)
            }
            ExprKind::Property { object, name, .. } => match &object.kind {
                ExprKind::Index { object, index } => {
                    let field = self.field(object, index)?;
                    self.member(&field, name, at)
                }
                ExprKind::Property { object: inner, name: date, .. } if date == "date" => match &inner.kind {
                    ExprKind::Index { object, index } => {
                        let field = self.field(object, index)?;
                        self.part_of_date(&field, date_variable(name), name, at)
                    }
                    _ => Err(doc_without_field(at)),
                },
                _ => Err(doc_without_field(at)),
            },
            ExprKind::Method { object, name, arguments, .. } => match &object.kind {
                _ if !arguments.is_empty() => Err(mistake(format!("Unrecognized function call ({name})."), at)),
                ExprKind::Index { object, index } => {
                    let field = self.field(object, index)?;
                    self.method(&field, name, at)
                }
                ExprKind::Property { object: inner, name: date, .. } if date == "date" => match &inner.kind {
                    ExprKind::Index { object, index } => {
                        let field = self.field(object, index)?;
                        self.part_of_date(&field, date_method(name), name, at)
                    }
                    _ => Err(doc_without_field(at)),
                },
                _ => Err(doc_without_field(at)),
            },
            _ => Err(mistake("invalid expression", at)),
        }
    }

    fn name(&mut self, name: &str, at: usize) -> Result<Node, Located> {
        match self.params.get(name) {
            Some(Json::Number(number)) => return Ok(double(number.as_f64().unwrap_or(f64::NAN), at)),
            Some(_) => return Err(mistake(format!("Parameter [{name}] must be a numeric type"), at)),
            None => {}
        }
        match (name, self.purpose) {
            ("_value", Purpose::Aggregation) => match self.fields.current() {
                Some(current) if current.kind == ColumnKind::Texts => {
                    Err(mistake(format!("[_value] is a text of the field [{}], not a number", current.field), at))
                }
                Some(_) => {
                    let read = FieldRead::FirstOrZero;
                    Ok(Node::total(Operation::Field { column: 0, read }, at))
                }
                None => Err(mistake("[_value] needs a field next to the script", at)),
            },
            ("_score", purpose) if purpose.has_score() => {
                self.needs_score = true;
                Ok(Node::total(Operation::Score, at))
            }
            ("_score", Purpose::Filter) => Ok(double(0.0, at)),
            ("doc", _) => Err(doc_without_field(at)),
            _ => Err(mistake(format!("Unknown variable [{name}]"), at)),
        }
    }

    /// The name and the type of the field in `doc['name']`.
    fn field(&self, object: &Expr, index: &Expr) -> Result<(String, FieldType), Located> {
        match (&object.kind, &index.kind) {
            (ExprKind::Name(doc), ExprKind::Text(field)) if doc == "doc" => match self.fields.field_type(field) {
                Some(FieldType::Keyword | FieldType::Address) => {
                    Err(mistake(format!("Field [{field}] must be numeric, date, or geopoint"), index.at))
                }
                Some(FieldType::Text) => Err(text_field(field).at(index.at)),
                Some(field_type) => Ok((field.clone(), field_type)),
                None => Err(mistake(format!("Field [{field}] does not exist in mappings"), index.at)),
            },
            (ExprKind::Name(name), _) if name != "doc" => Err(mistake(format!("Unknown variable [{name}]"), object.at)),
            _ => Err(doc_without_field(object.at)),
        }
    }

    fn member(&mut self, field: &(String, FieldType), member: &str, at: usize) -> Result<Node, Located> {
        let (name, field_type) = field;
        if *field_type == FieldType::Point {
            let (lat, lon) = self.columns.point(name);
            let axis = match member {
                "lat" => "lat",
                "lon" => "lon",
                // As in OpenSearch, where it is 1 for documents that have a point.
                "empty" => return Ok(from_boolean(not(is_empty(lat, at)))),
                _ => {
                    let reason = format!("Member variable [{member}] does not exist for geo field [{name}].");
                    return Err(Failure::argument(reason).at(at));
                }
            };
            let point = Node::new(Operation::Point { lat, lon }, at);
            let axis = ScalarFunction::Property(axis.into(), crate::syntax::Access::Plain);
            return Ok(Node::conditional(is_empty(lat, at), double(0.0, at), Node::apply(axis, vec![point], at), at));
        }
        match member {
            "value" => Ok(self.read(field, FieldRead::FirstOrZero, at)),
            "empty" => {
                let column = self.column(field);
                Ok(from_boolean(is_empty(column, at)))
            }
            "length" => Ok(self.count(field, at)),
            _ => Err(no_member("variable", member, field, at)),
        }
    }

    fn method(&mut self, field: &(String, FieldType), method: &str, at: usize) -> Result<Node, Located> {
        let (name, field_type) = field;
        match (method, field_type) {
            (_, FieldType::Point) => {
                let reason = match method {
                    "getLat" => return self.member(field, "lat", at),
                    "getLon" => return self.member(field, "lon", at),
                    "isEmpty" => return self.member(field, "empty", at),
                    _ => format!("Member method [{method}] does not exist for geo field [{name}]."),
                };
                Err(Failure::argument(reason).at(at))
            }
            ("min", _) => Ok(self.read(field, FieldRead::Min, at)),
            ("max", _) => Ok(self.read(field, FieldRead::Max, at)),
            ("median", _) => Ok(self.read(field, FieldRead::Median, at)),
            ("avg", _) => Ok(self.read(field, FieldRead::Average, at)),
            ("sum", _) => Ok(self.read(field, FieldRead::Sum, at)),
            ("count" | "size", _) => Ok(self.count(field, at)),
            ("getValue", _) => self.member(field, "value", at),
            ("isEmpty", _) => self.member(field, "empty", at),
            ("getYear", FieldType::Date) => self.part_of_date(field, Some(DatePart::Year), method, at),
            ("getDayOfMonth", FieldType::Date) => self.part_of_date(field, Some(DatePart::DayOfMonth), method, at),
            ("getHourOfDay", FieldType::Date) => self.part_of_date(field, Some(DatePart::Hour), method, at),
            ("getMinutes", FieldType::Date) => self.part_of_date(field, Some(DatePart::Minute), method, at),
            ("getSeconds", FieldType::Date) => self.part_of_date(field, Some(DatePart::Second), method, at),
            ("getMonth", FieldType::Date) => {
                // From 0.
                let column = self.column(field);
                let month = self.part_of_date(field, Some(DatePart::Month), method, at)?;
                let from_zero = total(ScalarFunction::Binary(Binary::Subtract), vec![month, double(1.0, at)], at);
                Ok(Node::conditional(is_empty(column, at), double(0.0, at), from_zero, at))
            }
            _ => Err(no_member("method", method, field, at)),
        }
    }

    /// A part of the earliest date; 0 if there is none.
    fn part_of_date(
        &mut self,
        field: &(String, FieldType),
        part: Option<DatePart>,
        member: &str,
        at: usize,
    ) -> Result<Node, Located> {
        let Some(part) = part.filter(|_| field.1 == FieldType::Date) else {
            return Err(no_member("variable", member, field, at));
        };
        let column = self.column(field);
        let value = total(ScalarFunction::DatePart(part), vec![self.read(field, FieldRead::FirstOrZero, at)], at);
        Ok(Node::conditional(is_empty(column, at), double(0.0, at), value, at))
    }

    fn column(&mut self, (name, field_type): &(String, FieldType)) -> usize {
        let kind = if *field_type == FieldType::Boolean { ColumnKind::Booleans } else { ColumnKind::Floats };
        self.columns.number(name, kind)
    }

    fn read(&mut self, field: &(String, FieldType), read: FieldRead, at: usize) -> Node {
        let column = self.column(field);
        Node::total(Operation::Field { column, read }, at)
    }

    fn count(&mut self, field: &(String, FieldType), at: usize) -> Node {
        let count = self.read(field, FieldRead::Count, at);
        total(ScalarFunction::Cast(TypeName::Double, CastKind::Implicit), vec![count], at)
    }
}

/// Whether a document has no value in a column.
pub(super) fn is_empty(column: usize, at: usize) -> Node {
    let count = Node::total(Operation::Field { column, read: FieldRead::Count }, at);
    total(ScalarFunction::Binary(Binary::Equal), vec![count, Node::constant(Value::Int(0), at)], at)
}

fn not(condition: Node) -> Node {
    let at = condition.at;
    total(ScalarFunction::Unary(Unary::Not), vec![condition], at)
}

fn doc_without_field(at: usize) -> Located {
    mistake("Variable 'doc' must be used with a specific field like: doc['myfield']", at)
}

fn no_member(what: &str, member: &str, (name, field_type): &(String, FieldType), at: usize) -> Located {
    let kind = if *field_type == FieldType::Date { "date" } else { "numeric" };
    Failure::argument(format!("Member {what} [{member}] does not exist for {kind} field [{name}].")).at(at)
}

/// The failure of reading the values of analyzed text.
pub(super) fn text_field(field: &str) -> Failure {
    Failure::argument(format!("field [{field}] is analyzed text and has no values by document; use a keyword field"))
}
