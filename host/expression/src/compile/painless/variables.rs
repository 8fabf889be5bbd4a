//! The variables of a script, by blocks.

use super::item::Item;
use crate::failure::{Failure, Located};
use crate::syntax::TypeName;

#[derive(Default)]
pub(super) struct Variables {
    declared: Vec<Variable>,
    /// The number of variables that the program has.
    count: usize,
    scope: Scope,
}

/// What can be seen: functions see nothing but their own variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Scope {
    #[default]
    Script,
    Function,
}

#[derive(Clone)]
pub(super) struct Variable {
    name: String,
    pub(super) of: TypeName,
    pub(super) holds: Holds,
    pub(super) change: Change,
}

/// Whether a variable can be assigned a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Allowed,
    Refused,
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
    pub(super) fn declare(&mut self, name: &str, of: TypeName, change: Change, at: usize) -> Result<usize, Located> {
        let number = self.count;
        self.add(Variable { name: name.to_owned(), of, holds: Holds::Value(number), change }, at)?;
        self.count += 1;
        Ok(number)
    }

    pub(super) fn alias(&mut self, name: &str, item: Item, at: usize) -> Result<(), Located> {
        let variable =
            Variable { name: name.to_owned(), of: TypeName::Def, holds: Holds::Alias(item), change: Change::Allowed };
        self.add(variable, at)
    }

    fn add(&mut self, variable: Variable, at: usize) -> Result<(), Located> {
        let name = &variable.name;
        let is_own = self.scope == Scope::Script && matches!(name.as_str(), "doc" | "params" | "_score");
        if self.find(name).is_some() || is_own {
            return Err(Failure::argument(format!("variable [{name}] is already defined")).at(at));
        }
        self.declared.push(variable);
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

    /// Hides all variables; [`Variables::leave_function`] restores them.
    pub(super) fn enter_function(&mut self) -> Self {
        let own = Variables { declared: Vec::new(), count: self.count, scope: Scope::Function };
        std::mem::replace(self, own)
    }

    pub(super) fn leave_function(&mut self, outer: Self) {
        *self = Variables { count: self.count, ..outer };
    }
}
