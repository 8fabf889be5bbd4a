//! Functions: those of classes, and the helpers of scores.

use super::compiler::Compiler;
use super::item::Item;
use super::kind::{Kind, Typed};
use crate::decay::Decay;
use crate::failure::{Failure, Located};
use crate::function::{ScalarFunction, java_math};
use crate::operations::CastKind;
use crate::program::{Node, Operation};
use crate::purpose::Purpose;
use crate::random_score::RandomScore;
use crate::statics::static_method;
use crate::syntax::{Expr, ExprKind, TypeName};
use crate::value::Value;

impl Compiler<'_> {
    /// `Math.name(arguments)`
    pub(super) fn class_method(
        &mut self,
        class: &str,
        name: &str,
        arguments: &[Expr],
        at: usize,
    ) -> Result<Typed, Located> {
        if !matches!(class, "Math" | "StrictMath") {
            return self.static_method(class, name, arguments, at);
        }
        let (function, kind) = match (name, arguments.len()) {
            ("random", 0) => return Err(Failure::unsupported("[Math.random], which differs at each call,").at(at)),
            ("round", 1) => (Some(ScalarFunction::Round), Kind::Long),
            (name, count) => (java_math(name, count), Kind::Double),
        };
        let Some(function) = function else {
            let count = arguments.len();
            let reason = format!("static method [java.lang.{class}, {name}/{count}] not found");
            return Err(Failure::argument(reason).at(at));
        };
        let mut nodes = Vec::with_capacity(arguments.len());
        for (position, argument) in arguments.iter().enumerate() {
            let argument = self.value(argument)?;
            nodes.push(match (name, position) {
                // The exponent is the only parameter of these methods that is an integer.
                ("scalb", 1) => argument.cast(TypeName::Int, CastKind::Implicit)?.node,
                _ => argument.number()?,
            });
        }
        Ok(Typed::new(partial(function, nodes, at), kind))
    }

    /// `Integer.parseInt(text)` and the like.
    fn static_method(&mut self, class: &str, name: &str, arguments: &[Expr], at: usize) -> Result<Typed, Located> {
        let Some(method) = static_method(class, name, arguments.len()) else {
            let count = arguments.len();
            return Err(Failure::unsupported(format_args!("[{class}.{name}] with {count} arguments")).at(at));
        };
        let mut nodes = Vec::with_capacity(arguments.len());
        for (argument, of) in arguments.iter().zip(method.parameters) {
            nodes.push(self.value(argument)?.cast(*of, CastKind::Implicit)?.node);
        }
        Ok(Typed::new(partial(ScalarFunction::Static(method), nodes, at), Kind::from_type_name(method.returns)))
    }

    /// `name(arguments)`
    pub(super) fn call(&mut self, name: &str, arguments: &[Expr], at: usize) -> Result<Typed, Located> {
        let unknown = |what: &str| {
            Failure::argument(format!("Unknown call [{name}] with [{}] arguments{what}.", arguments.len())).at(at)
        };
        if self.purpose == Purpose::Emit && name == "emit" && matches!(arguments.len(), 1 | 2) {
            // As a statement, it is compiled elsewhere.
            return Err(Failure::cast("Cannot cast from [void] to [def].").at(at));
        }
        if self.purpose != Purpose::Score {
            return Err(unknown(""));
        }
        let function = match (name, arguments.len()) {
            ("saturation", 2) => ScalarFunction::Saturation,
            ("sigmoid", 3) => ScalarFunction::Numbers(|arguments| match *arguments {
                [value, k, a] => value.powf(a) / (k.powf(a) + value.powf(a)),
                _ => f64::NAN,
            }),
            ("randomScore", 1) => return Err(random_score_of_document(at)),
            ("randomScore", 2) => return self.random_score(&arguments[0], &arguments[1], at),
            (
                "cosineSimilarity"
                | "dotProduct"
                | "l1norm"
                | "l2norm"
                | "l1Norm"
                | "l2Squared"
                | "cosineSimilarityRaw",
                _,
            ) => {
                return Err(Failure::unsupported(format_args!("a function of vectors ([{name}])")).at(at));
            }
            (_, 5) if name.starts_with("decay") => return self.decay(name, arguments, at),
            _ => return Err(unknown("")),
        };
        let mut nodes = Vec::with_capacity(arguments.len());
        for argument in arguments {
            nodes.push(self.value(argument)?.number()?);
        }
        Ok(Typed::new(partial(function, nodes, at), Kind::Double))
    }

    /// `randomScore(seed, field)`: the same for the same value of the field.
    fn random_score(&mut self, seed: &Expr, field: &Expr, at: usize) -> Result<Typed, Located> {
        let seed = self.value(seed)?.cast(TypeName::Int, CastKind::Implicit)?.node;
        let Some(Value::Int(number)) = seed.as_constant() else {
            return Err(Failure::unsupported("a seed of [randomScore] that depends on the document").at(seed.at));
        };
        let numbers = RandomScore::new(*number, self.fields.index());
        let field = self.value(field)?.cast(TypeName::Text, CastKind::Implicit)?.node;
        if matches!(field.as_constant(), Some(Value::Text(name)) if ["_id", "_seq_no"].contains(&&**name)) {
            return Err(random_score_of_document(at));
        }
        let value = match self.values_of(&field)? {
            Item::Values { field, field_type } => {
                let first = Expr { kind: ExprKind::Number("0".to_owned()), at, depth: 1 };
                self.element(&field, field_type, &first, at)?.node
            }
            Item::Value(failing) => failing.node,
            _ => return Err(Failure::unsupported("this field of [randomScore]").at(at)),
        };
        Ok(Typed::new(partial(ScalarFunction::RandomScore(numbers), vec![value], at), Kind::Double))
    }

    fn decay(&mut self, name: &str, arguments: &[Expr], at: usize) -> Result<Typed, Located> {
        let mut settings = Vec::with_capacity(4);
        for setting in &arguments[..4] {
            let node = self.value(setting)?.node;
            let Some(value) = node.as_constant() else {
                return Err(Failure::unsupported(format_args!("a setting of [{name}] that depends on the document"))
                    .at(node.at));
            };
            settings.push(value.clone());
        }
        let value = self.value(&arguments[4])?.node;
        let Some(decay) = Decay::new(name, &settings) else {
            return Err(Failure::argument(format!("Unknown call [{name}] with [5] arguments.")).at(at));
        };
        let node = match decay {
            Ok(decay) => partial(ScalarFunction::Decay(decay), vec![value], at),
            // As in OpenSearch, a script may avoid the call on documents where a setting is missing.
            Err(failure) => Node::new(Operation::Fail(failure), at),
        };
        Ok(Typed::new(node, Kind::Double))
    }
}

/// The failure of random numbers by document number: the number of a document can change.
fn random_score_of_document(at: usize) -> Located {
    let what = "[randomScore] by document number (name a field, or use [random_score] in a [function_score])";
    Failure::unsupported(what).at(at)
}

/// A function that may fail on values of the wrong type.
fn partial(function: ScalarFunction, arguments: Vec<Node>, at: usize) -> Node {
    let node = Node::apply(function, arguments, at);
    Node { total: node.as_constant().is_some(), ..node }
}
