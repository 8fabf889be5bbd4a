//! Statements. Each is executed for the documents that reach it; a loop is repeated for as long as one of them stays in it.

use super::column::Column;
use super::loop_exits::LoopExits;
use super::rows::Rows;
use super::{Evaluation, Stop};
use crate::failure::Failure;
use crate::operations::{CastKind, cast};
use crate::program::{Node, Statement};
use crate::syntax::{LoopOrder, TypeName};
use crate::value::Value;

impl<'b> Evaluation<'_, 'b> {
    /// Runs statements, and returns the documents that come to their end. Those that break or continue are added to `exits`.
    pub(super) fn execute(
        &mut self,
        statements: &[Statement],
        mut rows: Rows,
        exits: &mut LoopExits,
    ) -> Result<Rows, Stop> {
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
                    self.store(*variable, &rows, value);
                }
                Statement::Evaluate(value) => _ = self.eval(value, &rows)?,
                Statement::If { condition, yes, no } => {
                    let mask = self.booleans(condition, &rows)?;
                    let (for_yes, for_no) = rows.split(&mask);
                    let yes = self.execute(yes, for_yes, exits)?;
                    let no = self.execute(no, for_no, exits)?;
                    if yes.len() + no.len() < rows.len() {
                        rows = Rows::merged(&yes, &no);
                    }
                }
                Statement::Loop { condition, order, body, after, at } => {
                    rows = self.repeat((condition, *order), body, after, rows, *at)?;
                }
                Statement::ForEach { variable, cast, values, body, at } => {
                    let lists = self.lists(values, &rows, *at)?;
                    rows = self.for_each((*variable, *cast), &lists, body, rows, *at)?;
                }
                Statement::Break => {
                    rows.append_to(&mut exits.broken);
                    rows = Rows::none();
                }
                Statement::Continue => {
                    rows.append_to(&mut exits.continued);
                    rows = Rows::none();
                }
            }
        }
        Ok(rows)
    }

    pub(super) fn store_result(&mut self, rows: &Rows, value: Column<'b>) {
        if !rows.is_empty() {
            let result = self.result.take();
            self.result = Some(Column::stored(result, self.batch.len, rows, value));
        }
    }

    fn repeat(
        &mut self,
        (condition, order): (&Node, LoopOrder),
        body: &[Statement],
        after: &[Statement],
        rows: Rows,
        at: usize,
    ) -> Result<Rows, Stop> {
        let mut active = rows;
        let mut left = Vec::new();
        let mut is_first = true;
        loop {
            if !(is_first && order == LoopOrder::BodyFirst) {
                let mask = self.booleans(condition, &active)?;
                let (yes, no) = active.split(&mask);
                no.append_to(&mut left);
                active = yes;
            }
            is_first = false;
            if active.is_empty() {
                return Ok(Rows::gathered(left, self.batch.len));
            }
            self.count_iteration(&active, at)?;
            let mut exits = LoopExits::default();
            let rest = self.execute(body, active, &mut exits)?;
            left.append(&mut exits.broken);
            active = self.with_continued(rest, exits);
            active = self.execute(after, active, &mut LoopExits::default())?;
        }
    }

    fn for_each(
        &mut self,
        (variable, conversion): (usize, Option<(TypeName, CastKind)>),
        lists: &[Value],
        body: &[Statement],
        rows: Rows,
        at: usize,
    ) -> Result<Rows, Stop> {
        // The position of each document among the lists.
        let mut positions = vec![0_u32; self.batch.len];
        for (position, row) in rows.iter().enumerate() {
            positions[row] = position as u32;
        }
        let mut active = rows;
        let mut left = Vec::new();
        for index in 0.. {
            let item = |row: usize| match &lists[positions[row] as usize] {
                Value::List(items) => items.get(index),
                _ => None,
            };
            let mask: Vec<bool> = active.iter().map(|row| item(row).is_some()).collect();
            let (yes, no) = active.split(&mask);
            no.append_to(&mut left);
            active = yes;
            if active.is_empty() {
                break;
            }
            self.count_iteration(&active, at)?;
            let mut values = Vec::with_capacity(active.len());
            for row in active.iter() {
                let value = item(row).cloned().unwrap_or(Value::Null);
                values.push(match conversion {
                    Some((to, kind)) => cast(to, kind, &value).map_err(|failure| Stop::Failed { failure, at, row })?,
                    None => value,
                });
            }
            self.store(variable, &active, Column::from_values(values));
            let mut exits = LoopExits::default();
            let rest = self.execute(body, active, &mut exits)?;
            left.append(&mut exits.broken);
            active = self.with_continued(rest, exits);
        }
        Ok(Rows::gathered(left, self.batch.len))
    }

    /// The lists over which a loop goes, one for each document.
    fn lists(&mut self, values: &Node, rows: &Rows, at: usize) -> Result<Vec<Value>, Stop> {
        let column = self.eval(values, rows)?;
        let mut lists = Vec::with_capacity(rows.len());
        for (position, row) in rows.iter().enumerate() {
            let failure = match column.value(position) {
                list @ Value::List(_) => {
                    lists.push(list);
                    continue;
                }
                Value::Null => Failure::null("cannot iterate: the object is null"),
                other => Failure::argument(format!("Cannot iterate over [{}]", other.class())),
            };
            return Err(Stop::Failed { failure, at, row });
        }
        Ok(lists)
    }

    /// The documents that go on with a loop after its body.
    fn with_continued(&self, rest: Rows, exits: LoopExits) -> Rows {
        if exits.continued.is_empty() {
            return rest;
        }
        let mut rows = exits.continued;
        rest.append_to(&mut rows);
        Rows::gathered(rows, self.batch.len)
    }

    /// Counts that some documents go through a loop once more.
    fn count_iteration(&mut self, rows: &Rows, at: usize) -> Result<(), Stop> {
        self.deadline.check()?;
        self.iterations.resize(self.batch.len, 0);
        for row in rows.iter() {
            self.iterations[row] += 1;
            if self.iterations[row] > self.limits.iterations {
                let reason = format!(
                    "The maximum number of statements that can be executed in a loop has been reached. At most {} iterations are allowed for a document",
                    self.limits.iterations
                );
                return Err(Stop::Failed { failure: Failure::new("painless_error", reason), at, row });
            }
        }
        Ok(())
    }
}
