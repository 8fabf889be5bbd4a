//! Functions that have loops of their own over columns.

use super::column::Column;
use super::dates;
use super::numbers::{binary, doubles, map1, map2, operands};
use crate::failure::Failure;
use crate::function::{ScalarFunction, bits, integer_bits, is_true, round, saturation};
use crate::operations::CastKind;
use crate::syntax::{TypeName, Unary};
use crate::value::Value;

/// Whether a cast changes nothing.
pub(super) fn is_identity(function: &ScalarFunction, argument: &Column<'_>) -> bool {
    match function {
        ScalarFunction::Cast(TypeName::Def, _) => true,
        ScalarFunction::Cast(TypeName::Boolean, _) => matches!(argument, Column::Booleans(_)),
        ScalarFunction::Cast(TypeName::Int, _) => matches!(argument, Column::Ints(_)),
        ScalarFunction::Cast(TypeName::Long, _) => matches!(argument, Column::Longs(_)),
        ScalarFunction::Cast(TypeName::Double, _) => matches!(argument, Column::Doubles(_)),
        ScalarFunction::Cast(TypeName::Text, _) => matches!(argument, Column::Texts(_)),
        ScalarFunction::Unary(Unary::Plus) => {
            matches!(argument, Column::Ints(_) | Column::Longs(_) | Column::Doubles(_))
        }
        _ => false,
    }
}

/// The functions that have loops of their own; `None` for the others, and for other types of columns.
pub(super) fn fast<'b>(
    function: &ScalarFunction,
    arguments: &[Column<'b>],
    len: usize,
) -> Option<Result<Column<'b>, (usize, Failure)>> {
    let of_doubles = |values: Vec<f64>| Some(Ok(Column::Doubles(values.into())));
    match (function, arguments) {
        // An operator of constants fails like any other, and is computed once.
        (_, arguments) if arguments.iter().all(|argument| matches!(argument, Column::Constant(_))) => None,
        (ScalarFunction::Binary(operator), [left, right]) => binary(*operator, &operands(left, right)?, len),
        (ScalarFunction::Math1(function), [value]) => of_doubles(map1(&doubles(value)?, len, function)),
        (ScalarFunction::Math2(function), [left, right]) => {
            of_doubles(map2(&doubles(left)?, &doubles(right)?, len, function))
        }
        (ScalarFunction::Saturation, [value, k]) => of_doubles(map2(&doubles(value)?, &doubles(k)?, len, saturation)),
        (ScalarFunction::Cast(TypeName::Double, _), [value]) => of_doubles(map1(&doubles(value)?, len, |value| value)),
        (ScalarFunction::Cast(TypeName::Long, _), [Column::Ints(values)]) => {
            Some(Ok(Column::Longs(values.iter().map(|value| i64::from(*value)).collect())))
        }
        (ScalarFunction::Cast(TypeName::Long, CastKind::Explicit), [Column::Doubles(values)]) => {
            Some(Ok(Column::Longs(values.iter().map(|value| *value as i64).collect())))
        }
        (ScalarFunction::Cast(TypeName::Int, CastKind::Explicit), [Column::Longs(values)]) => {
            Some(Ok(Column::Ints(values.iter().map(|value| *value as i32).collect())))
        }
        (ScalarFunction::Cast(TypeName::Int, CastKind::Explicit), [Column::Doubles(values)]) => {
            Some(Ok(Column::Ints(values.iter().map(|value| *value as i32).collect())))
        }
        (ScalarFunction::CastLike, [old, new]) => {
            let cast = ScalarFunction::Cast(number_type(old)?, CastKind::Explicit);
            if is_identity(&cast, new) { Some(Ok(new.clone())) } else { fast(&cast, std::slice::from_ref(new), len) }
        }
        (ScalarFunction::Round, [value]) => Some(Ok(Column::Longs(map1(&doubles(value)?, len, round).into()))),
        (ScalarFunction::Numbers(function), values) => {
            let operands: Vec<_> = values.iter().map(doubles).collect::<Option<_>>()?;
            let mut numbers = vec![0.0; operands.len()];
            let mut results = Vec::with_capacity(len);
            for position in 0..len {
                for (number, operand) in numbers.iter_mut().zip(&operands) {
                    *number = operand.get(position);
                }
                results.push(function(&numbers));
            }
            of_doubles(results)
        }
        (ScalarFunction::Method(name, _), [Column::Dates(values)]) => dates::method(name, values).map(Ok),
        (ScalarFunction::Property(name, _), [Column::Dates(values)]) => dates::property(name, values).map(Ok),
        (ScalarFunction::DatePart(part), [value]) => {
            let millis = map1(&doubles(value)?, len, |millis| millis as i64);
            of_doubles(part.of_each(&millis).into_iter().map(f64::from).collect())
        }
        (ScalarFunction::Bits(operator), [left, right]) => {
            let bits = |left, right| bits(*operator, left, right);
            of_doubles(map2(&doubles(left)?, &doubles(right)?, len, bits))
        }
        (ScalarFunction::BitsAreTrue(operator), [left, right]) => {
            let are_true = |left, right| integer_bits(*operator, left, right) as i32 != 0;
            Some(Ok(Column::Booleans(map2(&doubles(left)?, &doubles(right)?, len, are_true))))
        }
        (ScalarFunction::Unary(Unary::Not), [Column::Booleans(values)]) => {
            Some(Ok(Column::Booleans(values.iter().map(|value| !value).collect())))
        }
        (ScalarFunction::Unary(Unary::Minus), [Column::Doubles(values)]) => {
            of_doubles(values.iter().map(|value| -value).collect())
        }
        (ScalarFunction::Unary(Unary::Minus), [Column::Ints(values)]) => {
            Some(Ok(Column::Ints(values.iter().map(|value| value.wrapping_neg()).collect())))
        }
        (ScalarFunction::Unary(Unary::Minus), [Column::Longs(values)]) => {
            Some(Ok(Column::Longs(values.iter().map(|value| value.wrapping_neg()).collect())))
        }
        (ScalarFunction::FromBoolean, [Column::Booleans(values)]) => {
            of_doubles(values.iter().map(|value| f64::from(u8::from(*value))).collect())
        }
        (ScalarFunction::Truth, [value]) => Some(Ok(Column::Booleans(map1(&doubles(value)?, len, is_true)))),
        (ScalarFunction::NotZero, [value]) => {
            Some(Ok(Column::Booleans(map1(&doubles(value)?, len, |value| value != 0.0))))
        }
        _ => None,
    }
}

/// The type of the numbers of a column.
fn number_type(column: &Column<'_>) -> Option<TypeName> {
    match column {
        Column::Ints(_) | Column::Constant(Value::Int(_)) => Some(TypeName::Int),
        Column::Longs(_) | Column::Constant(Value::Long(_)) => Some(TypeName::Long),
        Column::Doubles(_) | Column::Constant(Value::Double(_)) => Some(TypeName::Double),
        _ => None,
    }
}
