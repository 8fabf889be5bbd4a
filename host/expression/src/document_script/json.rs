//! Items from JSON, and back.

use serde_json::{Map, Number, Value as Json};

use super::heap::{Heap, MAX_DEPTH, contains_itself};
use super::item::Item;
use crate::failure::Failure;
use crate::java_time::Time;
use crate::value::Value;

impl Heap {
    /// A new map of these entries; its number.
    pub(super) fn map_of(&mut self, object: &Map<String, Json>) -> Result<usize, Failure> {
        let map = self.add_map()?;
        for (key, json) in object {
            let item = self.item_of(json)?;
            self.put(map, key, item)?;
        }
        Ok(map)
    }

    fn item_of(&mut self, json: &Json) -> Result<Item, Failure> {
        match json {
            Json::Array(items) => {
                let items = items.iter().map(|item| self.item_of(item)).collect::<Result<_, _>>()?;
                self.add_list(items)
            }
            Json::Object(object) => self.map_of(object).map(Item::Map),
            Json::Number(number) if Value::from_json(json).is_none() => Ok(Item::Number(number.clone())),
            other => self.item(Value::from_json(other).unwrap_or(Value::Null)),
        }
    }

    /// A map as JSON.
    pub(super) fn object(&mut self, map: usize) -> Result<Map<String, Json>, Failure> {
        self.object_below(map, MAX_DEPTH)
    }

    fn object_below(&mut self, map: usize, depth: usize) -> Result<Map<String, Json>, Failure> {
        let entries = self.map(map).clone();
        // What is contained several times is written several times.
        self.count(entries.keys().map(|key| key.len() + size_of::<Json>()).sum())?;
        entries.iter().map(|(key, item)| Ok((key.to_string(), self.json_below(item, depth)?))).collect()
    }

    fn json_below(&mut self, item: &Item, depth: usize) -> Result<Json, Failure> {
        let below = depth.checked_sub(1).ok_or_else(contains_itself)?;
        match item {
            Item::Scalar(value) => scalar(value),
            Item::List(list) => {
                let items = self.list(*list).to_vec();
                self.count(items.len() * size_of::<Json>())?;
                items.iter().map(|item| self.json_below(item, below)).collect()
            }
            Item::Map(map) => self.object_below(*map, below).map(Json::Object),
            Item::Entry(..) => Err(unknown(item.class())),
            Item::Number(number) => Ok(Json::Number(number.clone())),
        }
    }
}

fn scalar(value: &Value) -> Result<Json, Failure> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Long(value) => Json::from(*value),
        // The shortest number that is this one as a float.
        Value::Float(value) => float(value.to_string().parse().unwrap_or(f64::from(*value))),
        Value::Double(value) => float(*value),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Time(time) => match &**time {
            Time::Instant(_) => Json::String(time.in_json()),
            _ => return Err(unknown(value.class())),
        },
        other => return Err(unknown(other.class())),
    })
}

/// Java writes NaN and infinity as strings.
fn float(value: f64) -> Json {
    let number = Number::from_f64(value).map(Json::Number);
    number.unwrap_or_else(|| Json::String(Value::Double(value).to_text()))
}

fn unknown(class: &str) -> Failure {
    Failure::argument(format!("cannot write xcontent for unknown value of type class {class}"))
}
