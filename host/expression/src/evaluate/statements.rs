//! Statements. Each is executed for the documents that reach it; a loop is repeated for as long as one of them stays in it.

use std::sync::Arc;

use super::column::Column;
use super::emitted::Emission;
use super::items::LoopItems;
use super::loop_exits::LoopExits;
use super::rows::Rows;
use super::{Evaluation, Stop};
use crate::failure::Failure;
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::program::{Node, Operation, Statement};
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
                Statement::Emit(value) => {
                    let column = self.eval(value, &rows)?;
                    self.emitted.add(Emission { rows: rows.clone(), column, at: value.at }, self.limits)?;
                }
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
                    let items = match &values.operation {
                        Operation::Values(column) => LoopItems::Field(self.items(*column)),
                        _ => self.lists(values, &rows, *at)?,
                    };
                    rows = self.for_each((*variable, *cast), &items, body, rows, *at)?;
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
        items: &LoopItems<'b>,
        body: &[Statement],
        rows: Rows,
        at: usize,
    ) -> Result<Rows, Stop> {
        let mut active = rows;
        let mut left = Vec::new();
        for index in 0.. {
            let (yes, no) = items.split(active, index);
            no.append_to(&mut left);
            active = yes;
            if active.is_empty() {
                break;
            }
            self.count_iteration(&active, at)?;
            let mut values = items.at(index, &active);
            if let Some((to, kind)) = conversion {
                values = self.apply(&ScalarFunction::Cast(to, kind), vec![values], &active, at)?;
            }
            self.store(variable, &active, values);
            let mut exits = LoopExits::default();
            let rest = self.execute(body, active, &mut exits)?;
            left.append(&mut exits.broken);
            active = self.with_continued(rest, exits);
        }
        Ok(Rows::gathered(left, self.batch.len))
    }

    /// The lists through which a loop goes.
    fn lists(&mut self, values: &Node, rows: &Rows, at: usize) -> Result<LoopItems<'b>, Stop> {
        let column = self.eval(values, rows)?;
        if let Column::Constant(Value::List(list)) = column {
            return Ok(LoopItems::Same(list));
        }
        let mut lists = vec![Arc::from([]); self.batch.len];
        for (position, row) in rows.iter().enumerate() {
            let failure = match column.value(position) {
                Value::List(list) => {
                    lists[row] = list;
                    continue;
                }
                Value::Null => Failure::null("cannot iterate: the object is null"),
                other => Failure::argument(format!("Cannot iterate over [{}]", other.class())),
            };
            return Err(Stop::Failed { failure, at, row });
        }
        Ok(LoopItems::Lists(lists))
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
        let limit = self.limits.iterations;
        let mut most = 0;
        for row in rows.iter() {
            self.iterations[row] += 1;
            most = most.max(self.iterations[row]);
        }
        if most <= limit {
            return Ok(());
        }
        let row = rows.iter().find(|row| self.iterations[*row] > limit).unwrap_or_default();
        let reason = format!(
            "The maximum number of statements that can be executed in a loop has been reached. At most {limit} iterations are allowed for a document"
        );
        Err(Stop::Failed { failure: Failure::new("painless_error", reason), at, row })
    }
}
