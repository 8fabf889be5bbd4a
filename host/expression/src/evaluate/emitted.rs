//! What a script emits.

use super::Stop;
use super::column::Column;
use super::rows::Rows;
use crate::failure::Failure;
use crate::limits::ScriptLimits;
use crate::value::Value;

/// What one call of `emit` emitted, for some documents at once.
#[derive(Debug)]
pub(crate) struct Emission<'b> {
    pub(crate) rows: Rows,
    /// One value for each of these documents.
    pub(crate) column: Column<'b>,
    /// The byte of the source at which errors about it point.
    pub(crate) at: usize,
}

/// All that was emitted, in this order.
#[derive(Debug, Default)]
pub(crate) struct Emitted<'b> {
    emissions: Vec<Emission<'b>>,
    values: usize,
}

impl<'b> Emitted<'b> {
    pub(super) fn add(&mut self, emission: Emission<'b>, limits: &ScriptLimits) -> Result<(), Stop> {
        self.values += emission.rows.len();
        let limit = limits.batch_text_bytes / size_of::<Value>();
        if self.values > limit {
            let reason =
                format!("the script emits too many values: at most {limit} are allowed for a batch of documents");
            let row = emission.rows.row(0);
            return Err(Stop::Failed { failure: Failure::argument(reason), at: emission.at, row });
        }
        self.emissions.push(emission);
        Ok(())
    }

    /// The only emission, if it is one of all documents.
    pub(crate) fn into_only(self) -> Result<Emission<'b>, Self> {
        match &self.emissions[..] {
            [Emission { rows: Rows::All(_), .. }] => Ok(self.emissions.into_iter().next().expect("there is one")),
            _ => Err(self),
        }
    }

    /// For each document of a batch, what it emitted and where.
    pub(crate) fn by_document(&self, documents: usize) -> Vec<Vec<(Value, usize)>> {
        let mut values = vec![Vec::new(); documents];
        for Emission { rows, column, at } in &self.emissions {
            for (position, row) in rows.iter().enumerate() {
                values[row].push((column.value(position), *at));
            }
        }
        values
    }
}
