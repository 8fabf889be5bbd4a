//! A value in the request's JSON with its path. Parsers read values through it, so that every mistake can say where it is.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value as Json};

use super::ErrorKind;

/// A mistake in a request, with the path to it from the root.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) kind: ErrorKind,
    /// The kind of the object around it, if mistakes of any kind are reported as one of that object.
    pub(crate) outer_kind: Option<ErrorKind>,
    pub(crate) reason: String,
    pub(crate) path: Vec<Step>,
}

impl ParseError {
    /// The same mistake of another kind.
    pub(crate) fn of_kind(self, kind: ErrorKind) -> Self {
        ParseError { kind, outer_kind: None, ..self }
    }

    /// The same mistake inside something whose mistakes are reported as `outer_kind`.
    pub(crate) fn inside(self, outer_kind: ErrorKind) -> Self {
        ParseError { outer_kind: Some(outer_kind), ..self }
    }
}

/// One step down into JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// A JSON value and its path, which costs nothing until an error asks for it.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    value: &'a Json,
    parent: Option<(&'a Node<'a>, StepRef<'a>)>,
}

#[derive(Clone, Copy)]
enum StepRef<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Json) -> Self {
        Node { value, parent: None }
    }

    pub(crate) fn json(&self) -> &'a Json {
        self.value
    }

    /// The error that this value must not be here, or is of the wrong type.
    pub(crate) fn error(&self, reason: impl Into<String>) -> ParseError {
        self.mistake(ErrorKind::Parsing, reason)
    }

    /// An error about this value.
    pub(crate) fn mistake(&self, kind: ErrorKind, reason: impl Into<String>) -> ParseError {
        let mut path = Vec::new();
        let mut node = *self;
        while let Some((parent, step)) = node.parent {
            path.push(match step {
                StepRef::Key(key) => Step::Key(key.to_owned()),
                StepRef::Index(index) => Step::Index(index),
            });
            node = *parent;
        }
        path.reverse();
        ParseError { kind, outer_kind: None, reason: reason.into(), path }
    }

    /// `query.bool.filter[0]`; empty for the root.
    pub(crate) fn path(&self) -> String {
        PathText(&self.error("").path).to_string()
    }

    fn expected(&self, kind: ErrorKind, what: &str) -> ParseError {
        self.mistake(kind, format!("expected {what}, found {}", describe(self.value)))
    }

    /// The error that this is not a number: its kind depends on what it is instead.
    fn not_a_number(&self, what: &str) -> ParseError {
        let kind = match self.value {
            Json::String(_) => ErrorKind::NumberFormat,
            Json::Bool(_) => ErrorKind::Json,
            _ => ErrorKind::Parsing,
        };
        self.expected(kind, what)
    }

    pub(crate) fn is_object(&self) -> bool {
        self.value.is_object()
    }

    pub(crate) fn text(&self) -> Result<&'a str, ParseError> {
        self.value.as_str().ok_or_else(|| self.expected(ErrorKind::Parsing, "a string"))
    }

    /// A string, or a number or boolean as its text: for what clients expect to be read so, such as names and ids.
    pub(crate) fn scalar(&self) -> Result<Cow<'a, str>, ParseError> {
        match self.value {
            Json::String(text) => Ok(Cow::Borrowed(text)),
            Json::Number(number) => Ok(Cow::Owned(number.to_string())),
            Json::Bool(value) => Ok(Cow::Borrowed(if *value { "true" } else { "false" })),
            _ => Err(self.expected(ErrorKind::Parsing, "a string")),
        }
    }

    /// `true`, `false`, or one of them as a string, as clients write it.
    pub(crate) fn boolean(&self) -> Result<bool, ParseError> {
        let kind = match self.value {
            Json::Bool(value) => return Ok(*value),
            Json::String(text) if text == "true" => return Ok(true),
            Json::String(text) if text == "false" => return Ok(false),
            Json::String(_) => ErrorKind::Argument,
            Json::Number(_) => ErrorKind::Json,
            _ => ErrorKind::Parsing,
        };
        Err(self.expected(kind, "true or false"))
    }

    /// A finite number, or one as a string.
    pub(crate) fn number(&self) -> Result<f64, ParseError> {
        let number = match self.value {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number: &f64| number.is_finite()).ok_or_else(|| self.not_a_number("a number"))
    }

    pub(crate) fn float(&self) -> Result<f32, ParseError> {
        let number = self.number()? as f32;
        if number.is_finite() {
            return Ok(number);
        }
        Err(self.expected(ErrorKind::NumberRange, "a number within the range of a 32-bit float"))
    }

    /// A 32-bit integer, or one as a string. The fraction of a number is cut off, as clients expect.
    pub(crate) fn integer(&self) -> Result<i32, ParseError> {
        let number = self.number().map_err(|_| self.not_a_number("an integer"))?.trunc();
        if (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number) {
            return Ok(number as i32);
        }
        Err(self.expected(ErrorKind::NumberRange, "an integer of 32 bits"))
    }

    /// An integer as [`Node::integer`] reads it that is not negative.
    pub(crate) fn count(&self) -> Result<usize, ParseError> {
        let negative = || self.expected(ErrorKind::Argument, "a non-negative integer");
        usize::try_from(self.integer()?).map_err(|_| negative())
    }

    pub(crate) fn map(&self) -> Result<&'a Map<String, Json>, ParseError> {
        self.value.as_object().ok_or_else(|| self.expected(ErrorKind::Parsing, "an object"))
    }

    /// The entries of an object.
    pub(crate) fn fields<'b>(&'b self) -> Result<Fields<'b>, ParseError>
    where
        'a: 'b,
    {
        Ok(Fields { node: self, map: self.map()?, taken: Vec::new() })
    }

    pub(crate) fn child<'b>(&'b self, key: &'b str) -> Option<Node<'b>>
    where
        'a: 'b,
    {
        let value = self.value.as_object()?.get(key)?;
        Some(Node { value, parent: Some((self, StepRef::Key(key))) })
    }

    /// The one entry of an object; `what` names the object for the error.
    pub(crate) fn only_entry<'b>(&'b self, what: &str) -> Result<(&'b str, Node<'b>), ParseError>
    where
        'a: 'b,
    {
        let mut entries = self.map()?.iter();
        match (entries.next(), entries.next()) {
            (Some((key, value)), None) => Ok((key.as_str(), Node { value, parent: Some((self, StepRef::Key(key))) })),
            (None, _) => Err(self.mistake(ErrorKind::Argument, format!("{what} is empty"))),
            (Some((first, _)), Some((second, _))) => {
                Err(self.error(format!("{what} must have exactly one key, found [{first}] and [{second}]")))
            }
        }
    }

    /// The items of a list; anything else counts as a list of one, as clients expect of most lists.
    pub(crate) fn items<'b>(&'b self) -> impl Iterator<Item = Node<'b>>
    where
        'a: 'b,
    {
        let list = self.value.as_array();
        let indexed = list.into_iter().flatten().enumerate();
        let alone = if list.is_none() { Some(*self) } else { None };
        indexed.map(|(index, value)| Node { value, parent: Some((self, StepRef::Index(index))) }).chain(alone)
    }

    /// The items of a list, and nothing else.
    pub(crate) fn list<'b>(&'b self) -> Result<impl Iterator<Item = Node<'b>>, ParseError>
    where
        'a: 'b,
    {
        if self.value.is_array() { Ok(self.items()) } else { Err(self.expected(ErrorKind::Parsing, "a list")) }
    }
}

/// The entries of an object that a parser takes one by one; what it leaves over is an error.
pub(crate) struct Fields<'a> {
    node: &'a Node<'a>,
    map: &'a Map<String, Json>,
    taken: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The value of a key.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.taken.push(key);
        let value = self.map.get(key)?;
        Some(Node { value, parent: Some((self.node, StepRef::Key(key))) })
    }

    /// The value of a key for which `null` means the same as leaving it out. Search clients rely on this for a few keys.
    pub(crate) fn take_nullable(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.take(key).filter(|node| !node.json().is_null())
    }

    /// The value of such a key, read by `read`.
    pub(crate) fn nullable<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Node<'a>) -> Result<T, ParseError>,
    ) -> Result<Option<T>, ParseError> {
        self.take_nullable(key).map(|node| read(&node)).transpose()
    }

    /// The value of a key, read by `read`.
    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Node<'a>) -> Result<T, ParseError>,
    ) -> Result<Option<T>, ParseError> {
        self.take(key).map(|node| read(&node)).transpose()
    }

    /// The value of a key that must be there; `what` names the object for the error.
    pub(crate) fn required(&mut self, key: &'static str, what: &str) -> Result<Node<'a>, ParseError> {
        self.required_or(ErrorKind::Parsing, key, what)
    }

    /// The value of a key that must be there; `kind` is the kind of the error that it is not.
    pub(crate) fn required_or(
        &mut self,
        kind: ErrorKind,
        key: &'static str,
        what: &str,
    ) -> Result<Node<'a>, ParseError> {
        self.take(key).ok_or_else(|| self.node.mistake(kind, format!("{what} requires [{key}]")))
    }

    /// All entries, in their order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let node = self.node;
        self.map.iter().map(move |(key, value)| (key.as_str(), Node { value, parent: Some((node, StepRef::Key(key))) }))
    }

    /// The entries whose keys were not taken: for objects with a field's name among fixed keys.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let (node, map) = (self.node, self.map);
        map.iter()
            .filter(|(key, _)| !self.taken.contains(&key.as_str()))
            .map(move |(key, value)| (key.as_str(), Node { value, parent: Some((node, StepRef::Key(key))) }))
    }

    /// Refuses what was not taken.
    pub(crate) fn finish(self, what: &str) -> Result<(), ParseError> {
        match self.rest().next() {
            None => Ok(()),
            Some((key, node)) => Err(node.error(format!("{what} does not support [{key}]"))),
        }
    }
}

/// `a.b[0]`
pub(crate) struct PathText<'a>(pub(crate) &'a [Step]);

impl fmt::Display for PathText<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => formatter.write_str(key)?,
                Step::Key(key) => write!(formatter, ".{key}")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

fn describe(value: &Json) -> String {
    const LONGEST: usize = 40;
    match value {
        Json::Null => "null".to_owned(),
        Json::Object(_) => "an object".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        Json::String(text) if text.chars().count() > LONGEST => "a long string".to_owned(),
        scalar => format!("[{}]", scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned)),
    }
}
