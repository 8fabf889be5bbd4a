//! Functions over columns: with a loop of their own where they have one, once for each distinct text where one of the columns is
//! texts, otherwise value by value.

use std::borrow::Cow;
use std::sync::Arc;

use super::column::Column;
use super::fast::{fast, is_identity};
use super::rows::Rows;
use super::texts::{Distinct, Texts};
use super::{Evaluation, Stop};
use crate::failure::Failure;
use crate::function::ScalarFunction;
use crate::syntax::Binary;
use crate::text_members::text_method;
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
        let arguments: Vec<_> = arguments.into_iter().map(Column::with_cheap_values).collect();
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
        (place, texts): (usize, &Texts<'b>),
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
                let value = match of_text(function, texts.distinct.text(*code), place, &scalars) {
                    Some(value) => value,
                    None => {
                        scalars[place] = texts.distinct.value(*code);
                        function.apply(&scalars)
                    }
                };
                let row = rows.row(position);
                let value = value.map_err(|failure| Stop::Failed { failure, at, row })?;
                self.count_memory(&value, at, row)?;
                *result = Some(value);
                computed += 1;
                if computed % VALUES_PER_CHECK == 0 {
                    self.deadline.check()?;
                }
            }
        }
        Ok(spread(results, texts.codes.clone()))
    }
}

/// The result of a function of a text and of constants, among which the text has this place; `None` if the function needs the text
/// as a value.
fn of_text(function: &ScalarFunction, text: &str, place: usize, constants: &[Value]) -> Option<Result<Value, Failure>> {
    match (function, place) {
        (ScalarFunction::Method(name, _), 0) => text_method(text, name, &constants[1..]).transpose(),
        (ScalarFunction::Binary(operator @ (Binary::Equal | Binary::NotEqual)), _) => {
            let is_same = matches!(&constants[1 - place], Value::Text(other) if **other == *text);
            Some(Ok(Value::Boolean(is_same == (*operator == Binary::Equal))))
        }
        (ScalarFunction::Regex(regex), _) => Some(Ok(Value::Boolean(regex.is_match(text)))),
        _ => None,
    }
}

/// The result of each code, which has one.
fn spread<'b>(results: Vec<Option<Value>>, codes: Cow<'b, [u32]>) -> Column<'b> {
    macro_rules! typed {
        ($variant:ident) => {{
            // Texts that no document has may have any result.
            let of = |result: &Option<Value>| match result {
                None => Some(Default::default()),
                Some(Value::$variant(value)) => Some(*value),
                Some(_) => None,
            };
            results.iter().map(of).collect::<Option<Vec<_>>>()
        }};
    }
    if let Some(booleans) = typed!(Boolean) {
        return Column::Booleans(codes.iter().map(|code| booleans[*code as usize]).collect());
    }
    if let Some(integers) = typed!(Int) {
        return Column::Ints(codes.iter().map(|code| integers[*code as usize]).collect());
    }
    let is_text = |value: &Option<Value>| matches!(value, None | Some(Value::Text(_)));
    if results.iter().all(is_text) {
        let empty: Arc<str> = Arc::from("");
        let text = |value| if let Some(Value::Text(text)) = value { text } else { Arc::clone(&empty) };
        return Column::Texts(Texts { codes, distinct: Distinct::Made(results.into_iter().map(text).collect()) });
    }
    let of = |code: &u32| results[*code as usize].clone().unwrap_or(Value::Null);
    Column::from_values(codes.iter().map(of).collect())
}
