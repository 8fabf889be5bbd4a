//! Documents of tests, as batches with the columns that a program reads.

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::{Clock, ManualClock};
use quidditch_function::{Batch, Column, ColumnKind, ColumnRequest, Dictionary, Role, Values};
use serde_json::{Map, Value as Json};

use crate::compile::compile;
use crate::evaluate::{Deadline, Stop, evaluate};
use crate::failure::Located;
use crate::field::{FieldType, Fields};
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::program::Program;
use crate::script::Script;
use crate::value::Value;

/// The values of one document, by the types of its fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// `n`, `i`
    pub(crate) integers: [Vec<i64>; 2],
    /// `d`, `f`
    pub(crate) floats: [Vec<f64>; 2],
    /// `b`
    pub(crate) booleans: Vec<bool>,
    /// `k`
    pub(crate) keywords: Vec<&'static str>,
    /// `t`
    pub(crate) dates: Vec<i64>,
    /// `p`
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) score: f32,
}

/// The mapping of the documents.
pub(crate) struct TestFields;

impl Fields for TestFields {
    fn field_type(&self, name: &str) -> Option<FieldType> {
        Some(match name {
            "n" | "i" => FieldType::Integer,
            "d" | "f" => FieldType::Float,
            "b" => FieldType::Boolean,
            "k" => FieldType::Keyword,
            "t" => FieldType::Date,
            "p" => FieldType::Point,
            "x" => FieldType::Text,
            _ => return None,
        })
    }

    fn index(&self) -> &str {
        "expr-r"
    }
}

impl Document {
    pub(crate) fn integers(&self, field: &str) -> &[i64] {
        match field {
            "n" => &self.integers[0],
            "i" => &self.integers[1],
            _ => &self.dates,
        }
    }

    pub(crate) fn floats(&self, field: &str) -> Vec<f64> {
        match field {
            "d" => self.floats[0].clone(),
            "f" => self.floats[1].clone(),
            "p.lat" => self.points.iter().map(|point| point.0).collect(),
            "p.lon" => self.points.iter().map(|point| point.1).collect(),
            integers => self.integers(integers).iter().map(|value| *value as f64).collect(),
        }
    }
}

/// A batch of these documents.
pub(crate) fn batch(documents: &[Document], columns: &[ColumnRequest]) -> Batch {
    let column = |request: &ColumnRequest| {
        let field = request.field.as_str();
        let mut starts = vec![0];
        let mut values = Values::empty(request.kind);
        for document in documents {
            match &mut values {
                Values::Booleans(values) => {
                    let mut booleans: Vec<u8> = document.booleans.iter().map(|value| u8::from(*value)).collect();
                    booleans.sort_unstable();
                    values.extend(booleans);
                }
                Values::Integers(values) => {
                    let mut integers = document.integers(field).to_vec();
                    integers.sort_unstable();
                    values.extend(integers);
                }
                Values::Floats(values) => {
                    let mut floats = document.floats(field);
                    if !field.starts_with("p.") {
                        floats.sort_by(f64::total_cmp);
                    }
                    values.extend(floats);
                }
                Values::Texts(dictionary) => push_texts(dictionary, &document.keywords),
            }
            starts.push(values.len() as u32);
        }
        let is_plain = (0..documents.len()).all(|row| starts[row + 1] - starts[row] == 1);
        Column { values, starts: if is_plain { Vec::new() } else { starts } }
    };
    Batch {
        len: documents.len(),
        scores: documents.iter().map(|document| document.score).collect(),
        columns: columns.iter().map(column).collect(),
    }
}

fn push_texts(dictionary: &mut Dictionary, texts: &[&str]) {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    for text in texts {
        let known = (0..dictionary.ends.len() as u32).find(|code| dictionary.text(*code) == Some(text));
        let code = known.unwrap_or_else(|| dictionary.push_text(text));
        dictionary.codes.push(code);
    }
}

pub(crate) fn compiled(
    language: Language,
    source: &str,
    params: &Map<String, Json>,
    role: Role,
) -> Result<Program, Located> {
    let script = Script { language, source, params };
    compile(&script, role.into(), &TestFields, &ScriptLimits::default())
}

/// What a program returns for each document.
pub(crate) fn run(program: &Program, documents: &[Document]) -> Result<Vec<Value>, Stop> {
    run_within(program, documents, &ScriptLimits::default())
}

pub(crate) fn run_within(program: &Program, documents: &[Document], limits: &ScriptLimits) -> Result<Vec<Value>, Stop> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let deadline = Deadline { clock: &*clock, end: Duration::from_secs(1) };
    let batch = batch(documents, &program.columns);
    let column = evaluate(program, &batch, limits, &deadline)?;
    Ok((0..documents.len()).map(|row| column.value(row)).collect())
}

/// Whether a column holds what a document's field holds, for tests of this file's own.
#[test]
fn a_batch_has_the_values_of_its_documents() {
    let document = Document { keywords: vec!["b", "a", "a"], floats: [vec![2.0, 1.0], vec![]], ..Document::default() };
    let request = |field: &str, kind| ColumnRequest { field: field.to_owned(), kind };
    let columns = [request("k", ColumnKind::Texts), request("d", ColumnKind::Floats)];
    let batch = batch(&[document, Document::default()], &columns);
    assert_eq!(batch.columns[0].starts, [0, 3, 3]);
    assert_eq!(batch.columns[1].values, Values::Floats(vec![1.0, 2.0]));
}
