//! What all parts of a random script share: what they can read, and what they are to return.

use super::super::Random;
use super::super::schema::FieldSpec;

/// What a script is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    pub(super) returned: Returned,
    /// Whether it may read `_score`.
    pub(super) has_score: bool,
}

/// What a script returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Returned {
    Any,
    Condition,
    /// Finite, and not negative.
    Score,
    Number,
    /// Not too large to be added up.
    Finite,
    Text,
    /// How many terms must match.
    Terms,
    /// Nothing: it emits values.
    Emitted(Emitted),
}

/// The values that a script emits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emitted {
    Long,
    Double,
    Boolean,
    Text,
    Date,
}

/// The type of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    Long,
    Double,
    Boolean,
    Text,
    /// A number, in a variable of the type `def`.
    Number,
}

impl Type {
    pub(super) const ALL: [Type; 6] = [Type::Int, Type::Long, Type::Double, Type::Boolean, Type::Text, Type::Number];

    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Int => "int",
            Type::Long => "long",
            Type::Double => "double",
            Type::Boolean => "boolean",
            Type::Text => "String",
            Type::Number => "def",
        }
    }
}

/// A function of the script's own.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) parameters: Vec<Type>,
    pub(super) returned: Type,
}

/// Writes a script.
pub(super) struct Writer<'a> {
    pub(super) random: &'a mut Random,
    pub(super) script: Script,
    /// Fields that can be read where it writes.
    pub(super) fields: &'a [FieldSpec],
    /// Whether `params` and `_score` can be read there.
    pub(super) has_params: bool,
    /// Names of variables that are visible there.
    pub(super) variables: Vec<(String, Type)>,
    pub(super) function: Option<Function>,
    /// Names that have been given so far.
    names: usize,
    /// How many levels have no numbers whose last digits depend on a library.
    exact: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(random: &'a mut Random, fields: &'a [FieldSpec], script: Script) -> Self {
        Writer { random, script, fields, has_params: true, variables: Vec::new(), function: None, names: 0, exact: 0 }
    }

    /// Writes something in which the last digit of each number counts, as in texts and remainders.
    pub(super) fn exactly<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.exact += 1;
        let written = write(self);
        self.exact -= 1;
        written
    }

    pub(super) fn is_exact(&self) -> bool {
        self.exact > 0
    }

    /// A name that no other variable has.
    pub(super) fn new_name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// A visible variable.
    pub(super) fn variable(&mut self, wanted: &[Type]) -> Option<String> {
        let names: Vec<&String> =
            self.variables.iter().filter(|(_, of)| wanted.contains(of)).map(|(name, _)| name).collect();
        (!names.is_empty()).then(|| self.random.pick(&names).clone())
    }

    /// Writes something in which the variables of now are visible, and no others afterwards.
    pub(super) fn in_block<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let visible = self.variables.len();
        let written = write(self);
        self.variables.truncate(visible);
        written
    }

    /// Whether to go no deeper.
    pub(super) fn is_leaf(&mut self, depth: usize) -> bool {
        depth == 0 || self.random.chance(0.2)
    }
}
