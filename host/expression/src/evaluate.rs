//! Runs a program over a batch, one operation at a time over whole columns.
//!
//! A part of a script that only some documents reach (the right side of `&&`, a branch) is evaluated for these documents alone:
//! it must not fail on the others. Where it cannot fail, it is evaluated for all of them, which needs no copies.

mod apply;
mod column;
mod fields;
mod numbers;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_function::Batch;

use crate::failure::Failure;
use crate::limits::ScriptLimits;
use crate::program::{Node, Operation, Program, Statement};
use crate::value::Value;

pub(crate) use column::Column;
pub(crate) use rows::Rows;

/// Why a batch could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The script failed on a document.
    Failed {
        failure: Failure,
        /// The byte of the source.
        at: usize,
        /// The number of the document in the batch.
        row: usize,
    },
    /// The time is over.
    TimedOut,
}

/// An operator that need not look at its right side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

/// How long an evaluation may take.
pub(crate) struct Deadline<'a> {
    pub(crate) clock: &'a dyn Clock,
    /// By the monotonic clock.
    pub(crate) end: Duration,
}

impl Deadline<'_> {
    fn check(&self) -> Result<(), Stop> {
        if self.clock.monotonic() >= self.end { Err(Stop::TimedOut) } else { Ok(()) }
    }
}

/// Returns what the script returns for each document of the batch.
pub(crate) fn evaluate<'b>(
    program: &Program,
    batch: &'b Batch,
    limits: &ScriptLimits,
    deadline: &Deadline<'_>,
) -> Result<Column<'b>, Stop> {
    let mut evaluation = Evaluation {
        program,
        batch,
        limits,
        deadline,
        variables: vec![None; program.variables],
        result: None,
        texts: vec![None; batch.columns.len()],
        text_bytes: 0,
    };
    let rest = evaluation.execute(&program.statements, Rows::All(batch.len))?;
    evaluation.store_result(&rest, Column::Constant(program.default.clone()));
    Ok(evaluation.result.unwrap_or_else(|| Column::Constant(program.default.clone())))
}

struct Evaluation<'a, 'b> {
    program: &'a Program,
    batch: &'b Batch,
    limits: &'a ScriptLimits,
    deadline: &'a Deadline<'a>,
    /// The values of variables for all documents of the batch.
    variables: Vec<Option<Column<'b>>>,
    /// What was returned so far, for all documents.
    result: Option<Column<'b>>,
    /// The texts of each column's dictionary.
    texts: Vec<Option<Arc<[Arc<str>]>>>,
    /// The bytes of the texts that the script made.
    text_bytes: usize,
}

impl<'b> Evaluation<'_, 'b> {
    /// Runs statements, and returns the documents for which none of them returned.
    fn execute(&mut self, statements: &[Statement], mut rows: Rows) -> Result<Rows, Stop> {
        for statement in statements {
            if rows.is_empty() {
                break;
            }
            match statement {
                Statement::Return(value) => {
                    let value = self.eval(value, &rows)?;
                    self.store_result(&rows, value);
                    rows = Rows::none();
                }
                Statement::Assign { variable, value } => {
                    let value = self.eval(value, &rows)?;
                    let stored = self.variables[*variable].take();
                    self.variables[*variable] = Some(Column::stored(stored, self.batch.len, &rows, value));
                }
                Statement::Evaluate(value) => _ = self.eval(value, &rows)?,
                Statement::If { condition, yes, no } => {
                    let mask = self.booleans(condition, &rows)?;
                    let (for_yes, for_no) = rows.split(&mask);
                    let yes = self.execute(yes, for_yes)?;
                    let no = self.execute(no, for_no)?;
                    if yes.len() + no.len() < rows.len() {
                        rows = Rows::merged(&yes, &no);
                    }
                }
            }
        }
        Ok(rows)
    }

    fn store_result(&mut self, rows: &Rows, value: Column<'b>) {
        if !rows.is_empty() {
            let result = self.result.take();
            self.result = Some(Column::stored(result, self.batch.len, rows, value));
        }
    }

    /// Evaluates a node for some documents.
    fn eval(&mut self, node: &Node, rows: &Rows) -> Result<Column<'b>, Stop> {
        match &node.operation {
            Operation::Constant(value) => Ok(Column::Constant(value.clone())),
            Operation::Score => Ok(self.score(rows)),
            Operation::Variable(variable) => Ok(match &self.variables[*variable] {
                Some(column) => column.at(rows),
                None => Column::Constant(Value::Null),
            }),
            Operation::Field { column, read } => self.field(*column, *read, rows, node.at),
            Operation::Element { column, index } => {
                let indices = self.eval(index, rows)?;
                self.element(*column, &indices, rows, node.at)
            }
            Operation::Contains { column, value } => {
                let wanted = self.eval(value, rows)?;
                Ok(self.contains(*column, &wanted, rows))
            }
            Operation::Point { lat, lon } => self.point(*lat, *lon, rows, node.at),
            Operation::Apply(function, arguments) => {
                let mut columns = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    columns.push(self.eval(argument, rows)?);
                }
                self.deadline.check()?;
                self.apply(function, columns, rows, node.at)
            }
            Operation::And(left, right) => self.connect(Connective::And, left, right, rows),
            Operation::Or(left, right) => self.connect(Connective::Or, left, right, rows),
            Operation::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                let mask = self.booleans(condition, rows)?;
                if yes.total && no.total {
                    let (yes, no) = (self.eval(yes, rows)?, self.eval(no, rows)?);
                    return Ok(Column::chosen(&mask, yes, no));
                }
                let (for_yes, for_no) = rows.split(&mask);
                let yes = if for_yes.is_empty() { None } else { Some(self.eval(yes, &for_yes)?) };
                let no = if for_no.is_empty() { None } else { Some(self.eval(no, &for_no)?) };
                Ok(Column::joined(&mask, yes, no))
            }
            Operation::Elvis(left, right) => {
                let left = self.eval(left, rows)?;
                self.where_null(left, right, rows)
            }
            Operation::Fail(failure) => Err(Stop::Failed { failure: failure.clone(), at: node.at, row: rows.row(0) }),
        }
    }

    /// `left && right` or `left || right`.
    fn connect(&mut self, connective: Connective, left: &Node, right: &Node, rows: &Rows) -> Result<Column<'b>, Stop> {
        let mut results = self.booleans(left, rows)?;
        if right.total {
            let right = self.booleans(right, rows)?;
            for (result, right) in results.iter_mut().zip(right) {
                *result = match connective {
                    Connective::And => *result & right,
                    Connective::Or => *result | right,
                };
            }
            return Ok(Column::Booleans(results));
        }
        // The left side decides if it is false (`&&`) or true (`||`).
        let undecided: Vec<bool> = results.iter().map(|result| *result == (connective == Connective::And)).collect();
        let (open, _) = rows.split(&undecided);
        if !open.is_empty() {
            let mut right = self.booleans(right, &open)?.into_iter();
            for (result, undecided) in results.iter_mut().zip(undecided) {
                if undecided {
                    *result = right.next().unwrap_or(*result);
                }
            }
        }
        Ok(Column::Booleans(results))
    }

    fn where_null(&mut self, left: Column<'b>, right: &Node, rows: &Rows) -> Result<Column<'b>, Stop> {
        let is_null = left.is_null(rows.len());
        if !is_null.contains(&true) {
            return Ok(left);
        }
        let (nulls, _) = rows.split(&is_null);
        let right = self.eval(right, &nulls)?;
        let positions: Vec<u32> = (0..rows.len() as u32).filter(|position| is_null[*position as usize]).collect();
        Ok(Column::stored(Some(left.materialized(rows.len())), rows.len(), &Rows::Some(positions), right))
    }

    /// A condition.
    fn booleans(&mut self, node: &Node, rows: &Rows) -> Result<Vec<bool>, Stop> {
        let column = self.eval(node, rows)?;
        column.into_booleans(rows.len()).map_err(|(position, failure)| Stop::Failed {
            failure,
            at: node.at,
            row: rows.row(position),
        })
    }
}
