//! Expressions without repetitions: equal ones are stored once, and are known by their numbers.

use std::collections::{BTreeSet, HashMap};

use super::too_complex::TooComplex;
use crate::terms::expression::{CharSet, Expression};

/// The number of an expression in the arena.
pub(super) type Id = u32;

/// An expression whose parts are in the arena. Equal ones have the same number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node {
    Nothing,
    Empty,
    Char(CharSet),
    /// The first one is not a concatenation.
    Concat(Id, Id),
    /// At least two, ascending.
    Union(Box<[Id]>),
    /// At least two, ascending.
    Intersection(Box<[Id]>),
    Complement(Id),
    Repeat(Id, u32, Option<u32>),
}

/// Expressions, made of each other.
#[derive(Default)]
pub(super) struct Arena {
    effort: usize,
    nodes: Vec<Node>,
    /// Whether the term without characters matches.
    nullable: Vec<bool>,
    ids: HashMap<Node, Id>,
    /// What was made so far: nodes and their parts.
    parts: usize,
    /// The derivatives that were computed so far.
    steps: usize,
}

impl Arena {
    /// Expressions with numbers that are not states cost, too.
    const PARTS_PER_EFFORT: usize = 100;
    const STEPS_PER_EFFORT: usize = 400;
    const LEAST: usize = 10_000;

    /// `effort` limits how many expressions are made.
    pub(super) fn new(effort: usize) -> Self {
        Arena { effort, ..Arena::default() }
    }

    pub(super) fn too_complex(&self) -> TooComplex {
        TooComplex { effort: self.effort }
    }

    /// The expression that matches nothing.
    pub(super) fn nothing(&mut self) -> Result<Id, TooComplex> {
        self.intern(Node::Nothing)
    }

    /// Whether the term without characters matches.
    pub(super) fn is_nullable(&self, id: Id) -> bool {
        self.nullable[id as usize]
    }

    /// How many alternatives and conditions an expression consists of.
    pub(super) fn width(&self, id: Id) -> usize {
        match &self.nodes[id as usize] {
            Node::Union(parts) | Node::Intersection(parts) => parts.iter().map(|part| self.width(*part)).sum(),
            Node::Complement(inner) => self.width(*inner),
            _ => 1,
        }
    }

    /// The characters at which the derivatives may change.
    pub(super) fn boundaries(&self, id: Id, boundaries: &mut BTreeSet<u32>) {
        match &self.nodes[id as usize] {
            Node::Nothing | Node::Empty => {}
            Node::Char(set) => boundaries.extend(set.boundaries()),
            Node::Concat(first, rest) => {
                self.boundaries(*first, boundaries);
                if self.nullable[*first as usize] {
                    self.boundaries(*rest, boundaries);
                }
            }
            Node::Union(parts) | Node::Intersection(parts) => {
                parts.iter().for_each(|part| self.boundaries(*part, boundaries));
            }
            Node::Complement(inner) | Node::Repeat(inner, _, _) => self.boundaries(*inner, boundaries),
        }
    }

    /// What is left to be matched after a character.
    pub(super) fn derivative(&mut self, id: Id, character: u32) -> Result<Id, TooComplex> {
        self.steps += 1;
        if self.steps > self.effort.saturating_mul(Self::STEPS_PER_EFFORT).max(Self::LEAST) {
            return Err(self.too_complex());
        }
        match self.nodes[id as usize].clone() {
            Node::Nothing | Node::Empty => self.intern(Node::Nothing),
            Node::Char(set) => self.intern(if set.contains(character) { Node::Empty } else { Node::Nothing }),
            Node::Concat(first, rest) => {
                let left = self.derivative(first, character)?;
                let left = self.concat(left, rest)?;
                if !self.nullable[first as usize] {
                    return Ok(left);
                }
                let skipped = self.derivative(rest, character)?;
                self.union(vec![left, skipped])
            }
            Node::Union(parts) => {
                let parts = parts.iter().map(|part| self.derivative(*part, character)).collect::<Result<_, _>>()?;
                self.union(parts)
            }
            Node::Intersection(parts) => {
                let parts = parts.iter().map(|part| self.derivative(*part, character)).collect::<Result<_, _>>()?;
                self.intersection(parts)
            }
            Node::Complement(inner) => {
                let left = self.derivative(inner, character)?;
                self.complement(left)
            }
            Node::Repeat(inner, min, max) => {
                let left = self.derivative(inner, character)?;
                let rest = self.repeat(inner, min.saturating_sub(1), max.map(|max| max - 1))?;
                self.concat(left, rest)
            }
        }
    }

    /// Adds an expression.
    pub(super) fn lower(&mut self, expression: &Expression) -> Result<Id, TooComplex> {
        match expression {
            Expression::Nothing => self.intern(Node::Nothing),
            Expression::Empty => self.intern(Node::Empty),
            Expression::Char(set) if set.is_empty() => self.intern(Node::Nothing),
            Expression::Char(set) => self.intern(Node::Char(set.clone())),
            Expression::Concat(parts) => {
                let mut whole = self.intern(Node::Empty)?;
                for part in parts.iter().rev() {
                    let part = self.lower(part)?;
                    whole = self.concat(part, whole)?;
                }
                Ok(whole)
            }
            Expression::Union(parts) => {
                let parts = parts.iter().map(|part| self.lower(part)).collect::<Result<_, _>>()?;
                self.union(parts)
            }
            Expression::Intersection(parts) => {
                let parts = parts.iter().map(|part| self.lower(part)).collect::<Result<_, _>>()?;
                self.intersection(parts)
            }
            Expression::Complement(inner) => {
                let inner = self.lower(inner)?;
                self.complement(inner)
            }
            Expression::Repeat { inner, min, max } => {
                let inner = self.lower(inner)?;
                self.repeat(inner, *min, *max)
            }
        }
    }

    fn concat(&mut self, first: Id, rest: Id) -> Result<Id, TooComplex> {
        // The parts of the first one, each of which comes before what follows it.
        let (mut first, mut parts) = (first, Vec::new());
        while let Node::Concat(part, after) = self.nodes[first as usize] {
            parts.push(part);
            first = after;
        }
        parts.push(first);
        let mut whole = rest;
        for part in parts.into_iter().rev() {
            let is_any_text = self.is_any_text(part)
                && (self.is_any_text(whole)
                    || matches!(self.nodes[whole as usize], Node::Concat(first, _) if self.is_any_text(first)));
            whole = match (&self.nodes[part as usize], &self.nodes[whole as usize]) {
                (Node::Nothing, _) | (_, Node::Empty) => part,
                (Node::Empty, _) | (_, Node::Nothing) => whole,
                _ if is_any_text => whole,
                _ => self.intern(Node::Concat(part, whole))?,
            };
        }
        Ok(whole)
    }

    fn union(&mut self, parts: Vec<Id>) -> Result<Id, TooComplex> {
        let (mut alternatives, mut set) = (BTreeSet::new(), None);
        for part in parts {
            let inner = match &self.nodes[part as usize] {
                Node::Union(inner) => inner.clone(),
                _ => Box::new([part]),
            };
            for part in inner {
                match &self.nodes[part as usize] {
                    Node::Nothing => {}
                    Node::Char(other) => {
                        set = Some(set.map_or_else(|| other.clone(), |set: CharSet| set.union(other)));
                    }
                    _ if self.is_any_text(part) => return Ok(part),
                    _ => _ = alternatives.insert(part),
                }
            }
        }
        if let Some(set) = set {
            alternatives.insert(self.intern(Node::Char(set))?);
        }
        let alternatives: Box<[Id]> = alternatives.into_iter().collect();
        match alternatives[..] {
            [] => self.intern(Node::Nothing),
            [only] => Ok(only),
            _ => self.intern(Node::Union(alternatives)),
        }
    }

    fn intersection(&mut self, parts: Vec<Id>) -> Result<Id, TooComplex> {
        let (mut conditions, mut set) = (BTreeSet::new(), None);
        for part in parts {
            let inner = match &self.nodes[part as usize] {
                Node::Intersection(inner) => inner.clone(),
                _ => Box::new([part]),
            };
            for part in inner {
                match &self.nodes[part as usize] {
                    Node::Nothing => return Ok(part),
                    Node::Char(other) => {
                        set = Some(set.map_or_else(|| other.clone(), |set: CharSet| set.intersection(other)));
                    }
                    _ if self.is_any_text(part) => {}
                    _ => _ = conditions.insert(part),
                }
            }
        }
        if let Some(set) = set {
            if set.is_empty() {
                return self.intern(Node::Nothing);
            }
            conditions.insert(self.intern(Node::Char(set))?);
        }
        let conditions: Box<[Id]> = conditions.into_iter().collect();
        match conditions[..] {
            [] => self.any_text(),
            [only] => Ok(only),
            _ => self.intern(Node::Intersection(conditions)),
        }
    }

    fn complement(&mut self, inner: Id) -> Result<Id, TooComplex> {
        match self.nodes[inner as usize] {
            Node::Complement(inner) => Ok(inner),
            Node::Nothing => self.any_text(),
            _ if self.is_any_text(inner) => self.intern(Node::Nothing),
            _ => self.intern(Node::Complement(inner)),
        }
    }

    fn repeat(&mut self, inner: Id, min: u32, max: Option<u32>) -> Result<Id, TooComplex> {
        match (&self.nodes[inner as usize], min, max) {
            (_, _, Some(0)) | (Node::Empty, _, _) | (Node::Nothing, 0, _) => self.intern(Node::Empty),
            (Node::Nothing, _, _) | (_, 1, Some(1)) | (Node::Repeat(_, 0, None), _, _) => Ok(inner),
            _ => self.intern(Node::Repeat(inner, min, max)),
        }
    }

    fn any_text(&mut self) -> Result<Id, TooComplex> {
        let any = self.intern(Node::Char(CharSet::any()))?;
        self.repeat(any, 0, None)
    }

    fn is_any_text(&self, id: Id) -> bool {
        match self.nodes[id as usize] {
            Node::Repeat(inner, 0, None) => {
                matches!(&self.nodes[inner as usize], Node::Char(set) if set.is_any())
            }
            _ => false,
        }
    }

    fn intern(&mut self, node: Node) -> Result<Id, TooComplex> {
        if let Some(id) = self.ids.get(&node) {
            return Ok(*id);
        }
        let nullable = |id: &Id| self.nullable[*id as usize];
        let (is_nullable, parts) = match &node {
            Node::Nothing | Node::Char(_) => (false, 1),
            Node::Empty => (true, 1),
            Node::Concat(first, rest) => (nullable(first) && nullable(rest), 2),
            Node::Union(parts) => (parts.iter().any(nullable), parts.len()),
            Node::Intersection(parts) => (parts.iter().all(nullable), parts.len()),
            Node::Complement(inner) => (!nullable(inner), 1),
            Node::Repeat(inner, min, _) => (*min == 0 || nullable(inner), 1),
        };
        self.parts += parts;
        if self.parts > self.effort.saturating_mul(Self::PARTS_PER_EFFORT).max(Self::LEAST) {
            return Err(self.too_complex());
        }
        let id = self.nodes.len() as Id;
        self.nodes.push(node.clone());
        self.nullable.push(is_nullable);
        self.ids.insert(node, id);
        Ok(id)
    }
}
