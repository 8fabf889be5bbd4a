//! Runs a function natively, to test its logic.
//!
//! ```
//! # use quidditch_udf::{Arguments, Error, Filter, Floats};
//! # struct AtLeast { field: String, min: f64 }
//! # impl Filter for AtLeast {
//! #     type Columns = Floats;
//! #     fn bind(arguments: &Arguments) -> Result<Self, Error> {
//! #         Ok(AtLeast { field: arguments.get("field")?, min: arguments.get("min")? })
//! #     }
//! #     fn columns(&self) -> Floats { Floats::of(&self.field) }
//! #     fn keep(&self, values: &[f64]) -> bool { values.iter().any(|value| *value >= self.min) }
//! # }
//! use quidditch_udf::testing::{Documents, arguments, keep};
//!
//! let documents = Documents::new(3).floats(&[&[1.0], &[], &[2.0, 3.0]]);
//! let arguments = arguments([("field", "price".into()), ("min", 2.5.into())]);
//! let kept = keep::<AtLeast>(&arguments, &documents)?;
//! assert_eq!(kept, [false, false, true]);
//! # Ok::<(), Error>(())
//! ```

use crate::column::requests;
use crate::value::{Argument, Column, Dictionary, Values};
use crate::{Arguments, Batch, Columns, Error, Filter, Scorer, Value};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The arguments of a clause. They are not checked against the declared parameters, and no defaults are filled in: the host does
/// that.
pub fn arguments<const N: usize>(given: [(&str, Value); N]) -> Arguments {
    Arguments::new(given.map(|(name, value)| Argument { name: name.to_owned(), value }).into())
}

/// Binds a filter and returns which documents it keeps.
///
/// # Errors
///
/// The error of the function.
pub fn keep<F: Filter>(arguments: &Arguments, documents: &Documents) -> Result<Vec<bool>, Error> {
    let filter = F::bind(arguments)?;
    let kept = filter.keep_batch(&documents.batch()?)?;
    Ok(kept.into_iter().map(|byte| byte != 0).collect())
}

/// Binds a scorer and returns the scores of the documents.
///
/// # Errors
///
/// The error of the function.
pub fn score<S: Scorer>(arguments: &Arguments, documents: &Documents) -> Result<Vec<f32>, Error> {
    S::bind(arguments)?.score_batch(&documents.batch()?)
}

/// Binds a function and returns its values of each document.
///
/// # Errors
///
/// The error of the function.
pub fn compute<V: crate::Values>(arguments: &Arguments, documents: &Documents) -> Result<Vec<Vec<Value>>, Error> {
    let Column { values, starts } = V::bind(arguments)?.compute_batch(&documents.batch()?)?.into_column();
    let values: Vec<Value> = match values {
        Values::Booleans(values) => values.into_iter().map(|value| Value::Boolean(value != 0)).collect(),
        Values::Integers(values) => values.into_iter().map(Value::Integer).collect(),
        Values::Floats(values) => values.into_iter().map(Value::Float).collect(),
        Values::Texts(Dictionary { codes, ends, texts }) => {
            let start = |code: u32| code.checked_sub(1).map_or(0, |before| ends[before as usize]) as usize;
            let text = |code: u32| texts[start(code)..ends[code as usize] as usize].to_owned();
            codes.into_iter().map(|code| Value::Text(text(code))).collect()
        }
    };
    if starts.is_empty() {
        return Ok(values.into_iter().map(|value| vec![value]).collect());
    }
    Ok(starts.windows(2).map(|pair| values[pair[0] as usize..pair[1] as usize].to_vec()).collect())
}

/// The names of the fields that the `columns()` of a filter or scorer request, in order.
pub fn fields(columns: &impl crate::Columns) -> Vec<String> {
    requests(columns).into_iter().map(|request| request.field.into()).collect()
}

/// A batch of documents, as columns in the order in which the function requests them. Each column has the values of each document,
/// which must be in ascending order, as the host passes them.
pub struct Documents {
    len: usize,
    scores: Vec<f32>,
    columns: Vec<Column>,
}

impl Documents {
    /// A batch of this number of documents, without columns and scores.
    pub fn new(len: usize) -> Self {
        Documents { len, scores: Vec::new(), columns: Vec::new() }
    }

    /// Sets the scores so far.
    #[must_use]
    pub fn scores(mut self, scores: &[f32]) -> Self {
        self.scores = scores.to_vec();
        self
    }

    /// Adds a column of booleans, 0 and 1.
    #[must_use]
    pub fn booleans(self, documents: &[&[u8]]) -> Self {
        self.column(documents, Values::Booleans)
    }

    /// Adds a column of integers or dates.
    #[must_use]
    pub fn integers(self, documents: &[&[i64]]) -> Self {
        self.column(documents, Values::Integers)
    }

    /// Adds a column of floating-point numbers.
    #[must_use]
    pub fn floats(self, documents: &[&[f64]]) -> Self {
        self.column(documents, Values::Floats)
    }

    /// Adds a column of strings.
    #[must_use]
    pub fn texts(self, documents: &[&[&str]]) -> Self {
        self.column(documents, |texts| Values::Texts(dictionary(&texts)))
    }

    fn batch<C: Columns>(&self) -> Result<Batch<'_, C>, Error> {
        Batch::new(self.len, &self.scores, self.columns.iter().map(Column::borrowed))
    }

    fn column<T: Copy>(mut self, documents: &[&[T]], values: impl FnOnce(Vec<T>) -> Values) -> Self {
        let dense = documents.iter().all(|values| values.len() == 1);
        let mut starts = vec![0];
        let mut end = 0;
        for values in documents {
            end += values.len() as u32;
            starts.push(end);
        }
        let starts = if dense { Vec::new() } else { starts };
        self.columns.push(Column { values: values(documents.concat()), starts });
        self
    }
}

fn dictionary(texts: &[&str]) -> Dictionary {
    let mut dictionary = Dictionary::default();
    let mut codes = BTreeMap::new();
    for text in texts {
        let code = *codes.entry(*text).or_insert_with(|| {
            dictionary.texts.push_str(text);
            dictionary.ends.push(dictionary.texts.len() as u32);
            dictionary.ends.len() as u32 - 1
        });
        dictionary.codes.push(code);
    }
    dictionary
}
