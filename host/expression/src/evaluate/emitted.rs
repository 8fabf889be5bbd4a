//! What a script emits.

use super::column::Column;
use super::rows::Rows;
use super::stop::Stop;
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
    pub(crate) fn by_document(self, documents: usize) -> Vec<Vec<(Value, usize)>> {
        let mut values = vec![Vec::new(); documents];
        for Emission { rows, column, at } in self.emissions {
            let column = column.with_cheap_values();
            for (position, row) in rows.iter().enumerate() {
                values[row].push((column.value(position), at));
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_batch_are_limited() {
        let limits = ScriptLimits { batch_text_bytes: 4 * size_of::<Value>(), ..ScriptLimits::default() };
        let mut emitted = Emitted::default();
        let mut emit = |documents: usize| {
            let column = Column::Constant(Value::Int(1));
            emitted.add(Emission { rows: Rows::All(documents), column, at: 7 }, &limits)
        };
        assert!(emit(3).is_ok() && emit(1).is_ok());
        let Err(Stop::Failed { failure, at, .. }) = emit(1) else { panic!("these are too many") };
        assert_eq!(at, 7);
        insta::assert_snapshot!(failure.reason, @"the script emits too many values: at most 4 are allowed for a batch of documents");
    }

    #[test]
    fn values_are_in_the_order_of_their_calls() {
        let mut emitted = Emitted::default();
        for value in [1, 2] {
            let emission = Emission { rows: Rows::All(2), column: Column::Constant(Value::Int(value)), at: 0 };
            assert!(emitted.add(emission, &ScriptLimits::default()).is_ok());
        }
        assert_eq!(emitted.by_document(2), vec![vec![(Value::Int(1), 0), (Value::Int(2), 0)]; 2]);
    }
}
