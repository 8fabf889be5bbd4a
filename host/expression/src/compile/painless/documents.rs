//! `doc`, and the values of its fields.

use std::sync::Arc;

use quidditch_function::ColumnKind;

use super::compiler::Compiler;
use super::item::Item;
use super::kind::{Kind, Typed};
use crate::compile::expression::{is_empty, text_field};
use crate::failure::{Failure, Located};
use crate::field::FieldType;
use crate::function::ScalarFunction;
use crate::geo;
use crate::members::is_method;
use crate::program::{FieldRead, Node, Operation};
use crate::syntax::{Access, Binary, Expr};
use crate::value::Value;

impl Compiler<'_> {
    /// `doc[name]`. An unknown field is a failure on the documents that get there: a script may ask `doc.containsKey` before.
    pub(super) fn values_of(&mut self, name: &Node) -> Result<Item, Located> {
        let Some(name_value) = name.as_constant() else {
            return Err(Failure::unsupported("a field whose name depends on the document").at(name.at));
        };
        let field = name_value.to_text();
        let failure = match self.fields.field_type(&field) {
            None => Failure::argument(format!("No field found for [{field}] in mapping")),
            Some(FieldType::Text) => text_field(&field),
            Some(field_type) => return Ok(Item::Values { field, field_type }),
        };
        Ok(Item::Value(Typed::dynamic(Node::new(Operation::Fail(failure), name.at))))
    }

    pub(super) fn doc_method(&mut self, name: &str, arguments: &[Expr], at: usize) -> Result<Item, Located> {
        match (name, arguments) {
            ("get", [field]) => {
                let field = self.value(field)?.node;
                self.values_of(&field)
            }
            ("containsKey", [field]) => {
                let field = self.value(field)?.node;
                let Some(Value::Text(field)) = field.as_constant() else {
                    return Err(Failure::unsupported("a field whose name depends on the document").at(field.at));
                };
                let exists = Value::Boolean(self.fields.field_type(field).is_some());
                Ok(Item::Value(Typed::new(Node::constant(exists, at), Kind::Boolean)))
            }
            _ => Err(Failure::unsupported(format_args!("[doc.{name}]")).at(at)),
        }
    }

    /// `doc['field'].name`
    pub(super) fn member(
        &mut self,
        field: &str,
        field_type: FieldType,
        name: &str,
        at: usize,
    ) -> Result<Typed, Located> {
        match name {
            "value" => Ok(self.first(field, field_type, at)),
            "length" => Ok(self.count(field, field_type, at)),
            "empty" => {
                let count = self.count(field, field_type, at);
                let zero = Typed::new(Node::constant(Value::Int(0), at), Kind::Int);
                Ok(Typed::dynamic(Self::arithmetic(Binary::Equal, count, zero, at)?.node))
            }
            "lat" | "lon" if field_type == FieldType::Point => Ok(self.axis(field, name, at)),
            _ if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                let list = self.list(field, field_type, at);
                Ok(Typed::dynamic(Node::apply(
                    ScalarFunction::Property(Arc::from(name), Access::Plain),
                    vec![list.node],
                    at,
                )))
            }
            _ => {
                let failure = Failure::argument(format!("Illegal list shortcut value [{name}]."));
                Ok(Typed::dynamic(Node::new(Operation::Fail(failure), at)))
            }
        }
    }

    /// `doc['field'].name(arguments)`
    pub(super) fn values_method(
        &mut self,
        field: &str,
        field_type: FieldType,
        name: &str,
        arguments: &[Expr],
        at: usize,
    ) -> Result<Typed, Located> {
        match (name, arguments) {
            ("size" | "getLength", []) => Ok(self.count(field, field_type, at)),
            ("isEmpty", []) => self.member(field, field_type, "empty", at),
            ("getValue", []) => Ok(self.first(field, field_type, at)),
            ("getLat", []) if field_type == FieldType::Point => Ok(self.axis(field, "lat", at)),
            ("getLon", []) if field_type == FieldType::Point => Ok(self.axis(field, "lon", at)),
            ("get", [index]) => self.element(field, field_type, index, at),
            ("contains", [value]) if field_type != FieldType::Point => {
                let value = Box::new(self.value(value)?.node);
                let column = self.column(field, field_type);
                Ok(Typed::dynamic(Node::new(Operation::Contains { column, value }, at)))
            }
            ("arcDistance", [lat, lon]) if field_type == FieldType::Point => {
                self.distance(field, geo::arc_distance, [lat, lon], at)
            }
            ("planeDistance", [lat, lon]) if field_type == FieldType::Point => {
                self.distance(field, geo::plane_distance, [lat, lon], at)
            }
            ("arcDistanceWithDefault", [lat, lon, default]) if field_type == FieldType::Point => {
                let distance = self.distance(field, geo::arc_distance, [lat, lon], at)?;
                self.with_default(field, distance, default, at)
            }
            ("planeDistanceWithDefault", [lat, lon, default]) if field_type == FieldType::Point => {
                let distance = self.distance(field, geo::plane_distance, [lat, lon], at)?;
                self.with_default(field, distance, default, at)
            }
            _ if is_method(name) => {
                let mut values = vec![self.list(field, field_type, at).node];
                for argument in arguments {
                    values.push(self.value(argument)?.node);
                }
                let method = ScalarFunction::Method(Arc::from(name), Access::Plain);
                Ok(Typed::dynamic(Node::apply(method, values, at)))
            }
            _ => Err(Failure::unsupported(format_args!("the method [{name}] of a field's values")).at(at)),
        }
    }

    /// All values of the field, as a list.
    pub(super) fn list(&mut self, field: &str, field_type: FieldType, at: usize) -> Typed {
        let operation = match field_type {
            FieldType::Point => {
                let (lat, lon) = self.columns.point(field);
                Operation::Points { lat, lon }
            }
            _ => Operation::Values(self.column(field, field_type)),
        };
        Typed::dynamic(Node::total(operation, at))
    }

    /// `doc['field'][index]`
    pub(super) fn element(
        &mut self,
        field: &str,
        field_type: FieldType,
        index: &Expr,
        at: usize,
    ) -> Result<Typed, Located> {
        let index = self.value(index)?.node;
        if field_type == FieldType::Point {
            if index.as_constant() == Some(&Value::Int(0)) {
                return Ok(self.first(field, field_type, at));
            }
            let points = self.list(field, field_type, at).node;
            return Ok(Typed::dynamic(Node::apply(ScalarFunction::Index, vec![points, index], at)));
        }
        let column = self.column(field, field_type);
        Ok(Typed::dynamic(Node::new(Operation::Element { column, index: Box::new(index) }, at)))
    }

    fn column(&mut self, field: &str, field_type: FieldType) -> usize {
        let kind = match field_type {
            FieldType::Integer => ColumnKind::Integers,
            FieldType::Float => ColumnKind::Floats,
            FieldType::Boolean => ColumnKind::Booleans,
            FieldType::Keyword | FieldType::Address | FieldType::Text => ColumnKind::Texts,
            FieldType::Date => ColumnKind::Dates,
            FieldType::Point => return self.columns.point(field).0,
        };
        self.columns.number(field, kind)
    }

    /// The first value. It is a failure on documents without one, apart from addresses, of which it is null then.
    fn first(&mut self, field: &str, field_type: FieldType, at: usize) -> Typed {
        if field_type == FieldType::Point {
            let (lat, lon) = self.columns.point(field);
            return Typed::dynamic(Node::new(Operation::Point { lat, lon }, at));
        }
        let column = self.column(field, field_type);
        let value = Node::new(Operation::Field { column, read: FieldRead::First }, at);
        if field_type != FieldType::Address {
            return Typed::dynamic(value);
        }
        Typed::dynamic(Node::conditional(is_empty(column, at), Node::constant(Value::Null, at), value, at))
    }

    fn axis(&mut self, field: &str, axis: &str, at: usize) -> Typed {
        let point = self.first(field, FieldType::Point, at).node;
        let axis = ScalarFunction::Property(Arc::from(axis), Access::Plain);
        Typed::dynamic(Node::apply(axis, vec![point], at))
    }

    /// `_value`: null without a field. Booleans are numbers, as for an aggregation.
    pub(super) fn current_value(&self, at: usize) -> Typed {
        let Some(current) = self.fields.current() else {
            return Typed::dynamic(Node::constant(Value::Null, at));
        };
        let value = Node::total(Operation::Field { column: 0, read: FieldRead::First }, at);
        if current.kind == ColumnKind::Booleans {
            let [one, zero] = [1.0, 0.0].map(|number| Node::constant(Value::Double(number), at));
            return Typed::dynamic(Node::conditional(value, one, zero, at));
        }
        Typed::dynamic(value)
    }

    fn count(&mut self, field: &str, field_type: FieldType, at: usize) -> Typed {
        let column = self.column(field, field_type);
        Typed::dynamic(Node::total(Operation::Field { column, read: FieldRead::Count }, at))
    }

    fn distance(
        &mut self,
        field: &str,
        distance: fn(f64, f64, f64, f64) -> f64,
        [lat, lon]: [&Expr; 2],
        at: usize,
    ) -> Result<Typed, Located> {
        let point = self.first(field, FieldType::Point, at).node;
        let (lat, lon) = (self.value(lat)?.number()?, self.value(lon)?.number()?);
        Ok(Typed::dynamic(Node::apply(ScalarFunction::Distance(distance), vec![point, lat, lon], at)))
    }

    /// A distance, or a default for documents without a point.
    fn with_default(&mut self, field: &str, distance: Typed, default: &Expr, at: usize) -> Result<Typed, Located> {
        let is_empty = self.member(field, FieldType::Point, "empty", at)?.node;
        let default = self.value(default)?;
        let default = Typed::new(default.number()?, Kind::Def)
            .cast(crate::syntax::TypeName::Double, crate::operations::CastKind::Implicit)?;
        Ok(Typed::dynamic(Node::conditional(is_empty, default.node, distance.node, at)))
    }
}
