//! Methods and properties of lists, maps and their entries. Those of other values are the same as in other scripts.

use super::expressions::text_key;
use super::interpreter::{Interpreter, Variable};
use super::item::Item;
use crate::arguments::int_argument;
use crate::failure::{Failure, Located};
use crate::list_index::{index_from_either_end, list_index, out_of_bounds};
use crate::members;
use crate::operations::equal;
use crate::syntax::{Expr, TypeName};
use crate::value::Value;

impl<'a> Interpreter<'a> {
    /// `receiver.name(arguments)`
    pub(super) fn method(&mut self, receiver: &Item, name: &str, arguments: &[Item]) -> Result<Item, Failure> {
        let found = match receiver {
            Item::List(list) => self.list_method(*list, name, arguments)?,
            Item::Map(map) => self.map_method(*map, name, arguments)?,
            Item::Entry(map, key) => match (name, arguments) {
                ("getKey", []) => Some(Item::Scalar(Value::Text(key.clone()))),
                ("getValue", []) => Some(self.heap.entry(*map, key)),
                ("setValue", [item]) => Some(self.put(*map, key, item.clone())?),
                _ => None,
            },
            _ => None,
        };
        if let Some(item) = found {
            return Ok(item);
        }
        if members::is_change(name) && !receiver.is_null() {
            let (class, count) = (receiver.class(), arguments.len());
            return Err(Failure::argument(format!("dynamic method [{class}, {name}/{count}] not found")));
        }
        let receiver = self.heap.value(receiver)?;
        let arguments: Vec<Value> =
            arguments.iter().map(|argument| self.heap.value(argument)).collect::<Result<_, _>>()?;
        let value = members::method(&receiver, name, &arguments)?;
        self.heap.item(value)
    }

    fn list_method(&mut self, list: usize, name: &str, arguments: &[Item]) -> Result<Option<Item>, Failure> {
        let length = self.heap.list(list).len();
        Ok(Some(match (name, arguments) {
            ("add", [item]) => {
                self.heap.insert(list, length, vec![item.clone()])?;
                Item::boolean(true)
            }
            ("add", [index, item]) => {
                let index = self.index(index)?;
                let at = usize::try_from(index).ok().filter(|at| *at <= length);
                let at = at.ok_or_else(|| out_of_bounds(index, length))?;
                self.count(length)?;
                self.heap.insert(list, at, vec![item.clone()])?;
                Item::NULL
            }
            ("addAll", [items]) => {
                let items = self.items(items)?;
                let is_change = !items.is_empty();
                self.count(items.len())?;
                self.heap.insert(list, length, items)?;
                Item::boolean(is_change)
            }
            ("remove", [index]) => {
                if !matches!(index, Item::Scalar(Value::Int(_) | Value::Char(_))) {
                    let class = index.class().rsplit('.').next().unwrap_or_default();
                    let reason = format!("cannot convert MethodHandle(List,int)Object to (Object,{class})Object");
                    return Err(Failure::new("wrong_method_type_exception", reason));
                }
                let at = list_index(self.index(index)?, length)?;
                self.count(length)?;
                self.heap.list_mut(list).remove(at)
            }
            ("removeAll" | "retainAll", [items]) => {
                let others = self.items(items)?;
                let keeps_others = name == "retainAll";
                let mut kept = Vec::new();
                for item in self.heap.list(list).to_vec() {
                    if self.position(&others, &item)?.is_some() == keeps_others {
                        kept.push(item);
                    }
                }
                let is_change = kept.len() < length;
                *self.heap.list_mut(list) = kept;
                Item::boolean(is_change)
            }
            ("clear", []) => {
                self.heap.list_mut(list).clear();
                Item::NULL
            }
            ("set", [index, item]) => {
                let at = list_index(self.index(index)?, length)?;
                std::mem::replace(&mut self.heap.list_mut(list)[at], item.clone())
            }
            ("contains", [item]) => {
                let items = self.heap.list(list).to_vec();
                Item::boolean(self.position(&items, item)?.is_some())
            }
            ("indexOf", [item]) => {
                let items = self.heap.list(list).to_vec();
                let position = self.position(&items, item)?;
                Item::Scalar(Value::Int(position.map_or(-1, |position| position as i32)))
            }
            ("size" | "getLength", []) => Item::Scalar(Value::Int(length as i32)),
            ("isEmpty", []) => Item::boolean(length == 0),
            ("get", [index]) => {
                let at = list_index(self.index(index)?, length)?;
                self.heap.list(list)[at].clone()
            }
            _ => return Ok(None),
        }))
    }

    fn map_method(&mut self, map: usize, name: &str, arguments: &[Item]) -> Result<Option<Item>, Failure> {
        let entries = self.heap.map(map);
        let found = |key: &Item| match key {
            Item::Scalar(Value::Text(key)) => entries.get(key).cloned(),
            _ => None,
        };
        Ok(Some(match (name, arguments) {
            ("put", [key, item]) => {
                let key = text_key(key)?;
                self.put(map, &key, item.clone())?
            }
            ("putIfAbsent", [key, item]) => match found(key).filter(|old| !old.is_null()) {
                Some(old) => old,
                None => {
                    let key = text_key(key)?;
                    self.put(map, &key, item.clone())?
                }
            },
            ("putAll", [Item::Map(other)]) => {
                let others = self.heap.map(*other).clone();
                self.count(others.len())?;
                for (key, item) in others {
                    self.put(map, &key, item)?;
                }
                Item::NULL
            }
            ("remove", [key]) => {
                self.check_changeable(map)?;
                self.count(self.heap.map(map).len())?;
                let removed = match key {
                    Item::Scalar(Value::Text(key)) => self.heap.map_mut(map).shift_remove(key),
                    _ => None,
                };
                removed.unwrap_or(Item::NULL)
            }
            ("clear", []) => {
                self.check_changeable(map)?;
                self.heap.map_mut(map).clear();
                Item::NULL
            }
            ("get", [key]) => found(key).unwrap_or(Item::NULL),
            ("getOrDefault", [key, default]) => found(key).unwrap_or_else(|| default.clone()),
            ("containsKey", [key]) => Item::boolean(found(key).is_some()),
            ("size", []) => Item::Scalar(Value::Int(entries.len() as i32)),
            ("isEmpty", []) => Item::boolean(entries.is_empty()),
            ("keySet", []) => {
                let keys = entries.keys().map(|key| Item::Scalar(Value::Text(key.clone()))).collect();
                self.heap.add_list(keys)?
            }
            ("values", []) => {
                let items = entries.values().cloned().collect();
                self.heap.add_list(items)?
            }
            ("entrySet", []) => {
                let entries = entries.keys().map(|key| Item::Entry(map, key.clone())).collect();
                self.heap.add_list(entries)?
            }
            _ => return Ok(None),
        }))
    }

    /// `receiver.removeIf(parameter -> body)`
    pub(super) fn remove_if(
        &mut self,
        receiver: &Item,
        (name, parameters): (&str, &'a [String]),
        body: &'a Expr,
        at: usize,
    ) -> Result<Item, Located> {
        let (Item::List(list), "removeIf", [parameter]) = (receiver, name, parameters) else {
            return Err(Failure::unsupported_in_documents(format_args!("a lambda as the argument of [{name}]")).at(at));
        };
        let items = self.heap.list(*list).to_vec();
        let length = items.len();
        let mut kept = Vec::new();
        for item in items {
            self.variables.push(Variable { name: parameter, of: TypeName::Def, item: item.clone() });
            let removes = self.condition(body)?;
            self.variables.pop();
            if !removes {
                kept.push(item);
            }
        }
        let is_change = kept.len() < length;
        *self.heap.list_mut(*list) = kept;
        Ok(Item::boolean(is_change))
    }

    /// `receiver.name`
    pub(super) fn property(&mut self, receiver: &Item, name: &str) -> Result<Item, Failure> {
        match (receiver, name) {
            (Item::Map(map), name) => Ok(self.heap.entry(*map, name)),
            (Item::List(list), name) if name.parse::<i64>().is_ok() => {
                let index = Value::Int(name.parse().map_err(|_| Failure::argument("an index is too large"))?);
                self.at_index(&Item::List(*list), &Item::Scalar(index))
            }
            (Item::List(list), "length") => Ok(Item::Scalar(Value::Int(self.heap.list(*list).len() as i32))),
            (Item::List(list), "empty") => Ok(Item::boolean(self.heap.list(*list).is_empty())),
            (Item::List(_), name) => Err(Failure::argument(format!("Illegal list shortcut value [{name}]."))),
            (Item::Entry(..), "key") => self.method(receiver, "getKey", &[]),
            (Item::Entry(..), "value") => self.method(receiver, "getValue", &[]),
            (receiver, name) => {
                let value = self.heap.value(receiver)?;
                let property = members::property(&value, name)?;
                self.heap.item(property)
            }
        }
    }

    /// `receiver[index]`
    pub(super) fn at_index(&mut self, receiver: &Item, index: &Item) -> Result<Item, Failure> {
        match receiver {
            Item::Map(map) => match index {
                Item::Scalar(Value::Text(key)) => Ok(self.heap.entry(*map, key)),
                _ => Ok(Item::NULL),
            },
            Item::List(list) => {
                let index = self.index(index)?;
                let items = self.heap.list(*list);
                Ok(items[index_from_either_end(index, items.len())?].clone())
            }
            receiver => {
                let (receiver, index) = (self.heap.value(receiver)?, self.heap.value(index)?);
                let value = members::at_index(&receiver, &index)?;
                self.heap.item(value)
            }
        }
    }

    /// Puts an item into a map, which must not be that of the parameters, and returns the one that was there.
    pub(super) fn put(&mut self, map: usize, key: &str, item: Item) -> Result<Item, Failure> {
        self.check_changeable(map)?;
        self.heap.put(map, key, item)
    }

    fn check_changeable(&self, map: usize) -> Result<(), Failure> {
        if map != self.params {
            return Ok(());
        }
        Err(Failure::new("unsupported_operation_exception", "the parameters of a script cannot be changed"))
    }

    pub(super) fn index(&mut self, index: &Item) -> Result<i64, Failure> {
        int_argument(&self.heap.value(index)?)
    }

    /// The items of a list that is an argument.
    fn items(&mut self, list: &Item) -> Result<Vec<Item>, Failure> {
        match list {
            Item::List(list) => Ok(self.heap.list(*list).to_vec()),
            item if item.is_null() => Err(Failure::null("a collection is null")),
            item => Err(Failure::cast(format!("cannot cast [{}] to java.util.Collection", item.class()))),
        }
    }

    /// Where an item is in a list.
    fn position(&mut self, items: &[Item], wanted: &Item) -> Result<Option<usize>, Failure> {
        for (position, item) in items.iter().enumerate() {
            self.count(1)?;
            let is_equal = match (item, wanted) {
                (Item::Scalar(left), Item::Scalar(right)) => left == right,
                (Item::Scalar(_), _) | (_, Item::Scalar(_)) => false,
                (left, right) => {
                    let (left, right) = (self.heap.value(left)?, self.heap.value(right)?);
                    equal(&left, &right)
                }
            };
            if is_equal {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }
}
