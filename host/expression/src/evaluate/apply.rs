//! Functions over columns: fast where the columns are numbers, once for each distinct text where one of them is texts, otherwise
//! value by value.

use std::sync::Arc;

use super::column::{Column, Texts};
use super::numbers::{binary, doubles, map1, map2, operands};
use super::rows::Rows;
use super::{Evaluation, Stop};
use crate::failure::Failure;
use crate::function::{ScalarFunction, is_true};
use crate::operations::CastKind;
use crate::syntax::{TypeName, Unary};
use crate::value::Value;

/// After how many values the time is checked: a value may be a long text.
const VALUES_PER_CHECK: usize = 128;

impl<'b> Evaluation<'_, 'b> {
    pub(super) fn apply(
        &mut self,
        function: &ScalarFunction,
        mut arguments: Vec<Column<'b>>,
        rows: &Rows,
        at: usize,
    ) -> Result<Column<'b>, Stop> {
        if let [argument] = &mut arguments[..]
            && is_identity(function, argument)
        {
            return Ok(std::mem::replace(argument, Column::Constant(Value::Null)));
        }
        if let Some(result) = fast(function, &arguments, rows.len()) {
            return result.map_err(|(position, failure)| Stop::Failed { failure, at, row: rows.row(position) });
        }
        let mut constants = arguments.iter().filter(|argument| matches!(argument, Column::Constant(_)));
        if constants.clone().count() == arguments.len() {
            let constants: Vec<Value> = constants.by_ref().map(|constant| constant.value(0)).collect();
            let value = self.value(function, &constants, at, rows.row(0))?;
            return Ok(Column::Constant(value));
        }
        if constants.count() + 1 == arguments.len()
            && let Some(place) = arguments.iter().position(|argument| matches!(argument, Column::Texts(_)))
            && let Column::Texts(texts) = &arguments[place]
        {
            return self.by_distinct_text(function, &arguments, (place, texts), rows, at);
        }
        let mut values = Vec::with_capacity(rows.len());
        let mut scalars = Vec::with_capacity(arguments.len());
        for position in 0..rows.len() {
            scalars.clear();
            scalars.extend(arguments.iter().map(|argument| argument.value(position)));
            values.push(self.value(function, &scalars, at, rows.row(position))?);
            if position % VALUES_PER_CHECK == VALUES_PER_CHECK - 1 {
                self.deadline.check()?;
            }
        }
        Ok(Column::from_values(values))
    }

    fn value(&mut self, function: &ScalarFunction, arguments: &[Value], at: usize, row: usize) -> Result<Value, Stop> {
        let value = function.apply(arguments).map_err(|failure| Stop::Failed { failure, at, row })?;
        self.count_memory(&value, at, row)?;
        Ok(value)
    }

    /// Counts the memory of a text or a list that the script made for a document.
    pub(super) fn count_memory(&mut self, value: &Value, at: usize, row: usize) -> Result<(), Stop> {
        self.text_bytes += match value {
            Value::Text(text) => text.len(),
            Value::List(items) => items.len() * size_of::<Value>(),
            _ => return Ok(()),
        };
        let limit = self.limits.batch_text_bytes;
        if self.text_bytes <= limit {
            return Ok(());
        }
        let reason =
            format!("the strings and lists of the script are too long: at most {limit} bytes are allowed for a batch");
        Err(Stop::Failed { failure: Failure::argument(reason), at, row })
    }

    /// Applies a function to each distinct text of one argument, where all others are constants.
    fn by_distinct_text(
        &mut self,
        function: &ScalarFunction,
        arguments: &[Column<'b>],
        (place, texts): (usize, &Texts),
        rows: &Rows,
        at: usize,
    ) -> Result<Column<'b>, Stop> {
        let mut scalars: Vec<Value> = arguments
            .iter()
            .map(|argument| if let Column::Constant(value) = argument { value.clone() } else { Value::Null })
            .collect();
        // Texts that no document here has are not looked at: the function might fail on them.
        let mut results: Vec<Option<Value>> = vec![None; texts.distinct.len()];
        let mut computed = 0;
        for (position, code) in texts.codes.iter().enumerate() {
            let result = &mut results[*code as usize];
            if result.is_none() {
                scalars[place] = Value::Text(Arc::clone(&texts.distinct[*code as usize]));
                *result = Some(self.value(function, &scalars, at, rows.row(position))?);
                computed += 1;
                if computed % VALUES_PER_CHECK == 0 {
                    self.deadline.check()?;
                }
            }
        }
        Ok(spread(&results, &texts.codes))
    }
}

/// The result of each code, which has one.
fn spread<'b>(results: &[Option<Value>], codes: &[u32]) -> Column<'b> {
    let of = |code: &u32| results[*code as usize].as_ref();
    macro_rules! typed {
        ($variant:ident) => {
            codes
                .iter()
                .map(|code| if let Some(Value::$variant(value)) = of(code) { Some(*value) } else { None })
                .collect()
        };
    }
    let booleans: Option<Vec<bool>> = typed!(Boolean);
    if let Some(values) = booleans {
        return Column::Booleans(values);
    }
    let is_text = |value: &Option<Value>| matches!(value, None | Some(Value::Text(_)));
    if results.iter().all(is_text) {
        let empty: Arc<str> = Arc::from("");
        let text = |value: &Option<Value>| {
            if let Some(Value::Text(text)) = value { Arc::clone(text) } else { Arc::clone(&empty) }
        };
        return Column::Texts(Texts { codes: codes.to_vec(), distinct: results.iter().map(text).collect() });
    }
    Column::from_values(codes.iter().map(|code| of(code).cloned().unwrap_or(Value::Null)).collect())
}

/// Whether a cast changes nothing.
fn is_identity(function: &ScalarFunction, argument: &Column<'_>) -> bool {
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
fn fast<'b>(
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
        (ScalarFunction::Unary(Unary::Not), [Column::Booleans(values)]) => {
            Some(Ok(Column::Booleans(values.iter().map(|value| !value).collect())))
        }
        (ScalarFunction::Unary(Unary::Minus), [Column::Doubles(values)]) => {
            of_doubles(values.iter().map(|value| -value).collect())
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
