//! How many parts the clauses of a query may become.

use std::cell::Cell;

use crate::Error;

/// Counts what the clauses of a query become when they are planned: a small request can ask for a lot of work.
pub(crate) struct Expansion {
    limit: usize,
    left: Cell<usize>,
}

impl Expansion {
    /// `limit` holds for all clauses of a query together.
    pub(crate) fn new(limit: usize) -> Self {
        Expansion { limit, left: Cell::new(limit) }
    }

    /// The same limit, of which nothing is used.
    pub(super) fn fresh(&self) -> Self {
        Self::new(self.limit)
    }

    pub(super) fn take(&self, parts: usize) -> Result<(), Error> {
        let Some(left) = self.left.get().checked_sub(parts) else {
            return Err(Error::Query(format!(
                "too many clauses: the terms of texts, the dates of lists and the fields of patterns become more than {}",
                self.limit
            )));
        };
        self.left.set(left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_for_all_clauses_together() {
        let expansion = Expansion::new(5);
        assert!(expansion.take(3).is_ok());
        assert!(expansion.take(2).is_ok());
        assert!(expansion.take(0).is_ok());
        insta::assert_snapshot!(
            expansion.take(1).expect_err("over it"),
            @"failed to create query: too many clauses: the terms of texts, the dates of lists and the fields of patterns become more than 5"
        );
    }
}
