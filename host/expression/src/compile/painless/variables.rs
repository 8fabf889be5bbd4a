//! The variables of a script, by blocks.

use super::Item;
use crate::failure::{Failure, Located};
use crate::syntax::TypeName;

#[derive(Default)]
pub(super) struct Variables {
    declared: Vec<Variable>,
    /// The number of variables that the program has.
    count: usize,
}

#[derive(Clone)]
pub(super) struct Variable {
    name: String,
    pub(super) of: TypeName,
    pub(super) holds: Holds,
}

#[derive(Clone)]
pub(super) enum Holds {
    /// A value, in the variable of this number of the program.
    Value(usize),
    /// Another name for something that is not a value of a document, such as `doc['field']`.
    Alias(Item),
}

impl Variables {
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Declares a variable, and returns its number in the program.
    pub(super) fn declare(&mut self, name: &str, of: TypeName, at: usize) -> Result<usize, Located> {
        let number = self.count;
        self.add(name, of, Holds::Value(number), at)?;
        self.count += 1;
        Ok(number)
    }

    pub(super) fn alias(&mut self, name: &str, item: Item, at: usize) -> Result<(), Located> {
        self.add(name, TypeName::Def, Holds::Alias(item), at)
    }

    fn add(&mut self, name: &str, of: TypeName, holds: Holds, at: usize) -> Result<(), Located> {
        if self.find(name).is_some() || matches!(name, "doc" | "params" | "_score") {
            return Err(Failure::argument(format!("variable [{name}] is already defined")).at(at));
        }
        self.declared.push(Variable { name: name.to_owned(), of, holds });
        Ok(())
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.declared.iter().find(|variable| variable.name == name)
    }

    /// The state to which [`Variables::leave`] returns at the end of a block.
    pub(super) fn enter(&self) -> usize {
        self.declared.len()
    }

    pub(super) fn leave(&mut self, entered: usize) {
        self.declared.truncate(entered);
    }
}
