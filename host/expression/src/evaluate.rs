//! Runs a program over a batch, one operation at a time over whole columns.
//!
//! A part of a script that only some documents reach (the right side of `&&`, a branch) is evaluated for these documents alone:
//! it must not fail on the others. Where it cannot fail, it is evaluated for all of them, which needs no copies.

mod apply;
mod choice;
mod column;
mod dates;
mod emitted;
mod fast;
mod fields;
mod items;
mod loop_exits;
mod numbers;
mod rows;
mod statements;
mod stop;
mod texts;
mod totality;

use std::rc::Rc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_function::Batch;

use crate::limits::ScriptLimits;
use crate::program::{FunctionBody, Node, Operation, Program};
use crate::syntax::StepResult;
use crate::value::Value;
use choice::chosen;
use items::FieldItems;
use loop_exits::LoopExits;

pub(crate) use column::Column;
pub(crate) use emitted::{Emission, Emitted};
pub(crate) use rows::Rows;
pub(crate) use stop::Stop;

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
    let evaluated = run(program, batch, limits, deadline)?;
    Ok(evaluated.result.unwrap_or_else(|| Column::Constant(program.default.clone())))
}

/// Returns what the script emits for the documents of the batch.
pub(crate) fn emit<'b>(
    program: &Program,
    batch: &'b Batch,
    limits: &ScriptLimits,
    deadline: &Deadline<'_>,
) -> Result<Emitted<'b>, Stop> {
    Ok(run(program, batch, limits, deadline)?.emitted)
}

fn run<'a, 'b>(
    program: &'a Program,
    batch: &'b Batch,
    limits: &'a ScriptLimits,
    deadline: &'a Deadline<'_>,
) -> Result<Evaluation<'a, 'b>, Stop> {
    let mut evaluation = Evaluation {
        program,
        batch,
        limits,
        deadline,
        variables: vec![None; program.variables],
        result: None,
        items: vec![None; batch.columns.len()],
        text_bytes: 0,
        iterations: Vec::new(),
        emitted: Emitted::default(),
    };
    let rest = evaluation.execute(&program.statements, Rows::All(batch.len), &mut LoopExits::default())?;
    evaluation.store_result(&rest, Column::Constant(program.default.clone()));
    Ok(evaluation)
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
    /// The values of each column, once all are needed.
    items: Vec<Option<Rc<FieldItems<'b>>>>,
    /// The bytes of the texts and lists that the script made.
    text_bytes: usize,
    /// How often each document went through a loop; empty before the first loop.
    iterations: Vec<u32>,
    emitted: Emitted<'b>,
}

impl<'b> Evaluation<'_, 'b> {
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
                Ok(Column::Booleans(self.items(*column).contain(&wanted, rows)))
            }
            Operation::Point { lat, lon } => self.point(*lat, *lon, rows, node.at),
            Operation::Values(column) => {
                let lists = self.items(*column).lists(rows);
                self.made(lists, rows, node.at)
            }
            Operation::Points { lat, lon } => {
                let lists = rows.iter().map(|row| Value::List(self.points(*lat, *lon, row).into())).collect();
                self.made(lists, rows, node.at)
            }
            Operation::Call(function, arguments) => self.call(function, arguments, rows),
            Operation::Assign { variable, value, result } => {
                let value = self.eval(value, rows)?;
                let old = match (result, &self.variables[*variable]) {
                    (StepResult::Before, Some(column)) => Some(column.at(rows)),
                    _ => None,
                };
                let result = old.unwrap_or_else(|| value.clone());
                self.store(*variable, rows, value);
                Ok(result)
            }
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
                if self.never_fails(yes) && self.never_fails(no) {
                    let (yes, no) = (self.eval(yes, rows)?, self.eval(no, rows)?);
                    return Ok(chosen(&mask, yes, no));
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

    /// Stores the values of a variable for some documents.
    fn store(&mut self, variable: usize, rows: &Rows, value: Column<'b>) {
        let stored = self.variables[variable].take();
        self.variables[variable] = Some(Column::stored(stored, self.batch.len, rows, value));
    }

    /// A column of lists, whose memory counts.
    fn made(&mut self, lists: Vec<Value>, rows: &Rows, at: usize) -> Result<Column<'b>, Stop> {
        for (position, list) in lists.iter().enumerate() {
            self.count_memory(list, at, rows.row(position))?;
        }
        Ok(Column::Any(lists))
    }

    /// Calls a function of the script's own.
    fn call(&mut self, function: &FunctionBody, arguments: &[Node], rows: &Rows) -> Result<Column<'b>, Stop> {
        let mut columns = Vec::with_capacity(arguments.len());
        for argument in arguments {
            columns.push(self.eval(argument, rows)?);
        }
        self.deadline.check()?;
        for (parameter, column) in function.parameters.iter().zip(columns) {
            self.store(*parameter, rows, column);
        }
        let result = self.result.take();
        self.execute(&function.statements, rows.clone(), &mut LoopExits::default())?;
        let returned = std::mem::replace(&mut self.result, result);
        let returned = returned.unwrap_or(Column::Constant(Value::Null));
        Ok(if matches!(rows, Rows::All(_)) { returned } else { returned.at(rows) })
    }

    /// `left && right` or `left || right`.
    fn connect(&mut self, connective: Connective, left: &Node, right: &Node, rows: &Rows) -> Result<Column<'b>, Stop> {
        let mut results = self.booleans(left, rows)?;
        if self.is_safe_condition(right) {
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
