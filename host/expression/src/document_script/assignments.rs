//! Assignments to variables, to entries of maps, and to items of lists.

use super::expressions::text_key;
use super::interpreter::Interpreter;
use super::item::Item;
use crate::failure::{Failure, Located};
use crate::list_index::index_from_either_end;
use crate::operations::{CastKind, cast_like};
use crate::syntax::{Binary, Expr, ExprKind, StepResult, TypeName};
use crate::value::Value;

/// What is assigned to.
enum Place<'a> {
    Variable(&'a str),
    /// `object.name`
    Property(Item, &'a str),
    /// `object[index]`
    Index(Item, Item),
}

impl<'a> Interpreter<'a> {
    /// `place = value`, `place += value`
    pub(super) fn assign(
        &mut self,
        target: &'a Expr,
        operator: Option<Binary>,
        value: &'a Expr,
        at: usize,
    ) -> Result<Item, Located> {
        let place = self.place(target)?;
        let Some(operator) = operator else {
            let item = self.evaluate(value)?;
            return self.set(&place, item, CastKind::Implicit).map_err(|failure| failure.at(at));
        };
        let old = self.get(&place).map_err(|failure| failure.at(at))?;
        let item = self.evaluate(value)?;
        self.change(&place, &old, operator, &item).map_err(|failure| failure.at(at))
    }

    /// `place++`, `--place`
    pub(super) fn step(
        &mut self,
        target: &'a Expr,
        by: Binary,
        result: StepResult,
        at: usize,
    ) -> Result<Item, Located> {
        let place = self.place(target)?;
        let old = self.get(&place).map_err(|failure| failure.at(at))?;
        let new = self.change(&place, &old, by, &Item::Scalar(Value::Int(1))).map_err(|failure| failure.at(at))?;
        Ok(if result == StepResult::Before { old } else { new })
    }

    fn place(&mut self, target: &'a Expr) -> Result<Place<'a>, Located> {
        match &target.kind {
            ExprKind::Name(name) => Ok(Place::Variable(name)),
            ExprKind::Property { object, name, .. } => Ok(Place::Property(self.evaluate(object)?, name)),
            ExprKind::Index { object, index } => Ok(Place::Index(self.evaluate(object)?, self.evaluate(index)?)),
            _ => Err(Failure::argument("invalid assignment: cannot assign a value to this expression").at(target.at)),
        }
    }

    fn get(&mut self, place: &Place<'a>) -> Result<Item, Failure> {
        match place {
            Place::Variable(name) => Ok(self.variable(name).map_or(Item::NULL, |variable| variable.item.clone())),
            Place::Property(receiver, name) => self.property(receiver, name),
            Place::Index(receiver, index) => self.at_index(receiver, index),
        }
    }

    /// `place operator= item`, where `old` is the value of the place.
    fn change(&mut self, place: &Place<'a>, old: &Item, operator: Binary, item: &Item) -> Result<Item, Failure> {
        let new = self.binary(operator, old, item)?;
        let is_typed = match place {
            Place::Variable(name) => self.variable(name).is_some_and(|variable| variable.of != TypeName::Def),
            _ => false,
        };
        let new = match (old, new) {
            (Item::Scalar(old), Item::Scalar(new)) if !is_typed => {
                if matches!(new, Value::Text(_)) && !matches!(old, Value::Text(_) | Value::Null) {
                    let from = old.primitive();
                    return Err(Failure::cast(format!("cannot implicitly cast def [{from}] to java.lang.String")));
                }
                Item::Scalar(cast_like(old, &new)?)
            }
            (_, new) => new,
        };
        self.set(place, new, CastKind::Explicit)
    }

    /// Stores an item, and returns it.
    fn set(&mut self, place: &Place<'a>, item: Item, kind: CastKind) -> Result<Item, Failure> {
        match place {
            Place::Variable(name) => {
                let of = self.variable(name).map_or(TypeName::Def, |variable| variable.of);
                let item = self.cast(of, kind, item)?;
                if let Some(variable) = self.variable(name) {
                    variable.item = item.clone();
                }
                return Ok(item);
            }
            Place::Property(Item::Map(map), name) => drop(self.put(*map, name, item.clone())?),
            Place::Property(Item::List(list), name) => match name.parse() {
                Ok(index) => self.set_at(*list, index, item.clone())?,
                Err(_) => return Err(Failure::argument(format!("Illegal list shortcut value [{name}]."))),
            },
            Place::Property(Item::Entry(map, key), "value") => drop(self.put(*map, key, item.clone())?),
            Place::Property(receiver, name) if receiver.is_null() => {
                return Err(Failure::null(format!("cannot set [{name}]: the object is null")));
            }
            Place::Property(receiver, name) => {
                return Err(Failure::argument(format!("dynamic setter [{}, {name}] not found", receiver.class())));
            }
            Place::Index(Item::Map(map), key) => {
                let key = text_key(key)?;
                self.put(*map, &key, item.clone())?;
            }
            Place::Index(Item::List(list), index) => {
                let index = self.index(index)?;
                self.set_at(*list, index, item.clone())?;
            }
            Place::Index(receiver, _) if receiver.is_null() => {
                return Err(Failure::null("cannot set an element: the object is null"));
            }
            Place::Index(receiver, _) => {
                let class = receiver.class();
                return Err(Failure::argument(format!(
                    "Attempting to address a non-array-like type [{class}] as an array."
                )));
            }
        }
        Ok(item)
    }

    fn set_at(&mut self, list: usize, index: i64, item: Item) -> Result<(), Failure> {
        let items = self.heap.list_mut(list);
        let at = index_from_either_end(index, items.len())?;
        items[at] = item;
        Ok(())
    }
}
