//! Operators over whole columns of numbers: one loop for each operator and type.

use std::borrow::Cow;

use super::column::Column;
use crate::failure::Failure;

use crate::syntax::Binary;
use crate::value::Value;

/// The numbers of an operand.
pub(super) enum Operand<'a, T: Clone> {
    One(T),
    Each(Cow<'a, [T]>),
}

/// The operands of an operator, of the same type.
pub(super) enum Operands<'a> {
    Ints(Operand<'a, i32>, Operand<'a, i32>),
    Longs(Operand<'a, i64>, Operand<'a, i64>),
    Doubles(Operand<'a, f64>, Operand<'a, f64>),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Int,
    Long,
    Double,
}

fn rank(column: &Column<'_>) -> Option<Rank> {
    match column {
        Column::Ints(_) | Column::Constant(Value::Int(_)) => Some(Rank::Int),
        Column::Longs(_) | Column::Constant(Value::Long(_)) => Some(Rank::Long),
        Column::Doubles(_) | Column::Constant(Value::Double(_)) => Some(Rank::Double),
        _ => None,
    }
}

/// `None` unless both are numbers of a common type.
pub(super) fn operands<'a>(left: &'a Column<'_>, right: &'a Column<'_>) -> Option<Operands<'a>> {
    Some(match rank(left)?.max(rank(right)?) {
        Rank::Int => Operands::Ints(ints(left)?, ints(right)?),
        Rank::Long => Operands::Longs(longs(left)?, longs(right)?),
        Rank::Double => Operands::Doubles(doubles(left)?, doubles(right)?),
    })
}

/// `None` unless both are numbers of the same type.
pub(super) fn operands_of_one_type<'a>(left: &'a Column<'_>, right: &'a Column<'_>) -> Option<Operands<'a>> {
    if rank(left)? == rank(right)? { operands(left, right) } else { None }
}

fn ints<'a>(column: &'a Column<'_>) -> Option<Operand<'a, i32>> {
    match column {
        Column::Constant(Value::Int(value)) => Some(Operand::One(*value)),
        Column::Ints(values) => Some(Operand::Each(values.as_slice().into())),
        _ => None,
    }
}

fn longs<'a>(column: &'a Column<'_>) -> Option<Operand<'a, i64>> {
    match column {
        Column::Constant(Value::Int(value)) => Some(Operand::One(i64::from(*value))),
        Column::Constant(Value::Long(value)) => Some(Operand::One(*value)),
        Column::Ints(values) => Some(Operand::Each(values.iter().map(|value| i64::from(*value)).collect())),
        Column::Longs(values) => Some(Operand::Each(values.as_ref().into())),
        _ => None,
    }
}

/// Numbers of any type as doubles.
pub(super) fn doubles<'a>(column: &'a Column<'_>) -> Option<Operand<'a, f64>> {
    match column {
        Column::Constant(value) => value.as_double().map(Operand::One),
        Column::Ints(values) => Some(Operand::Each(values.iter().map(|value| f64::from(*value)).collect())),
        Column::Longs(values) => Some(Operand::Each(values.iter().map(|value| *value as f64).collect())),
        Column::Doubles(values) => Some(Operand::Each(values.as_ref().into())),
        _ => None,
    }
}

/// The loop. It is compiled once for each function, without a call in it.
pub(super) fn map2<T: Copy, U: Clone>(
    left: &Operand<'_, T>,
    right: &Operand<'_, T>,
    len: usize,
    function: impl Fn(T, T) -> U,
) -> Vec<U> {
    match (left, right) {
        (Operand::Each(left), Operand::Each(right)) => {
            left.iter().zip(right.iter()).map(|(left, right)| function(*left, *right)).collect()
        }
        (Operand::Each(left), Operand::One(right)) => left.iter().map(|left| function(*left, *right)).collect(),
        (Operand::One(left), Operand::Each(right)) => right.iter().map(|right| function(*left, *right)).collect(),
        (Operand::One(left), Operand::One(right)) => vec![function(*left, *right); len],
    }
}

pub(super) fn map1<T: Copy, U: Clone>(operand: &Operand<'_, T>, len: usize, function: impl Fn(T) -> U) -> Vec<U> {
    match operand {
        Operand::Each(values) => values.iter().map(|value| function(*value)).collect(),
        Operand::One(value) => vec![function(*value); len],
    }
}

impl<T: Copy> Operand<'_, T> {
    pub(super) fn get(&self, position: usize) -> T {
        match self {
            Operand::One(value) => *value,
            Operand::Each(values) => values[position],
        }
    }
}

fn compared<T: Copy + PartialOrd>(
    operator: Binary,
    left: &Operand<'_, T>,
    right: &Operand<'_, T>,
    len: usize,
) -> Option<Vec<bool>> {
    Some(match operator {
        Binary::Less => map2(left, right, len, |left, right| left < right),
        Binary::LessOrEqual => map2(left, right, len, |left, right| left <= right),
        Binary::Greater => map2(left, right, len, |left, right| left > right),
        Binary::GreaterOrEqual => map2(left, right, len, |left, right| left >= right),
        Binary::Equal => map2(left, right, len, |left, right| left == right),
        Binary::NotEqual => map2(left, right, len, |left, right| left != right),
        _ => return None,
    })
}

/// Integer division and remainder fail where the divisor is 0.
fn checked<T: Copy + PartialEq + Default>(
    right: &Operand<'_, T>,
    divide: impl Fn() -> Vec<T>,
) -> Result<Vec<T>, (usize, Failure)> {
    let zero = match right {
        Operand::One(value) => (*value == T::default()).then_some(0),
        Operand::Each(values) => values.iter().position(|value| *value == T::default()),
    };
    match zero {
        Some(position) => Err((position, Failure::new("arithmetic_exception", "/ by zero"))),
        None => Ok(divide()),
    }
}

/// The result of an operator, or the position at which it fails; `None` if the operands do not have the operator.
pub(super) fn binary(
    operator: Binary,
    operands: &Operands<'_>,
    len: usize,
) -> Option<Result<Column<'static>, (usize, Failure)>> {
    let comparison = match operands {
        Operands::Ints(left, right) => compared(operator, left, right, len),
        Operands::Longs(left, right) => compared(operator, left, right, len),
        Operands::Doubles(left, right) => compared(operator, left, right, len),
    };
    if let Some(results) = comparison {
        return Some(Ok(Column::Booleans(results)));
    }
    match operands {
        Operands::Ints(left, right) => {
            let results = match operator {
                Binary::Add => map2(left, right, len, i32::wrapping_add),
                Binary::Subtract => map2(left, right, len, i32::wrapping_sub),
                Binary::Multiply => map2(left, right, len, i32::wrapping_mul),
                Binary::Divide => {
                    return Some(checked(right, || map2(left, right, len, i32::wrapping_div)).map(Column::Ints));
                }
                Binary::Remainder => {
                    return Some(checked(right, || map2(left, right, len, i32::wrapping_rem)).map(Column::Ints));
                }
                Binary::BitAnd => map2(left, right, len, |left, right| left & right),
                Binary::BitOr => map2(left, right, len, |left, right| left | right),
                Binary::BitXor => map2(left, right, len, |left, right| left ^ right),
                _ => return None,
            };
            Some(Ok(Column::Ints(results)))
        }
        Operands::Longs(left, right) => {
            let column = |values: Vec<i64>| Column::Longs(values.into());
            let results = match operator {
                Binary::Add => map2(left, right, len, i64::wrapping_add),
                Binary::Subtract => map2(left, right, len, i64::wrapping_sub),
                Binary::Multiply => map2(left, right, len, i64::wrapping_mul),
                Binary::Divide => {
                    return Some(checked(right, || map2(left, right, len, i64::wrapping_div)).map(column));
                }
                Binary::Remainder => {
                    return Some(checked(right, || map2(left, right, len, i64::wrapping_rem)).map(column));
                }
                Binary::BitAnd => map2(left, right, len, |left, right| left & right),
                Binary::BitOr => map2(left, right, len, |left, right| left | right),
                Binary::BitXor => map2(left, right, len, |left, right| left ^ right),
                _ => return None,
            };
            Some(Ok(column(results)))
        }
        Operands::Doubles(left, right) => {
            let results = match operator {
                Binary::Add => map2(left, right, len, |left, right| left + right),
                Binary::Subtract => map2(left, right, len, |left, right| left - right),
                Binary::Multiply => map2(left, right, len, |left, right| left * right),
                Binary::Divide => map2(left, right, len, |left, right| left / right),
                Binary::Remainder => map2(left, right, len, |left, right| left % right),
                _ => return None,
            };
            Some(Ok(Column::Doubles(results.into())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    /// Every loop returns what the operator returns for single values.
    #[test]
    fn columns_and_single_values_agree() {
        let operators = [
            Binary::Add,
            Binary::Subtract,
            Binary::Multiply,
            Binary::Divide,
            Binary::Remainder,
            Binary::Less,
            Binary::LessOrEqual,
            Binary::Greater,
            Binary::GreaterOrEqual,
            Binary::Equal,
            Binary::NotEqual,
        ];
        let columns = [
            Column::Constant(Value::Int(7)),
            Column::Ints(vec![1, -7, i32::MIN]),
            Column::Constant(Value::Long(-1)),
            Column::Longs(vec![i64::MAX, i64::MIN, 3].into()),
            Column::Constant(Value::Double(0.5)),
            Column::Doubles(vec![0.0, -2.5, f64::INFINITY].into()),
        ];
        for operator in operators {
            for left in &columns {
                for right in &columns {
                    let operands = operands(left, right).expect("numbers");
                    let column = binary(operator, &operands, 3).expect("numbers have it").expect("no division by zero");
                    for position in 0..3 {
                        let (left, right) = (left.value(position), right.value(position));
                        let expected = operations::binary(operator, &left, &right).expect("valid");
                        assert_eq!(
                            format!("{:?}", column.value(position)),
                            format!("{expected:?}"),
                            "{left:?} {} {right:?}",
                            operator.symbol()
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn division_by_zero_has_a_position() {
        let (left, right) = (Column::Constant(Value::Int(1)), Column::Longs(vec![1, 0].into()));
        let operands = operands(&left, &right).expect("numbers");
        let (position, failure) = binary(Binary::Divide, &operands, 2).expect("has it").expect_err("by zero");
        assert_eq!((position, failure.reason.as_str()), (1, "/ by zero"));
    }
}
