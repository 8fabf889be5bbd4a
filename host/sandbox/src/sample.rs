//! Sample arguments and batches, for calling a function about which only its metadata is known.

use quidditch_function::{
    Argument, Batch, Column, ColumnKind, ColumnRequest, Dictionary, Metadata, Parameter, ParameterKind, Value, Values,
};

/// The values for parameters, one list per kind. Functions reject some of them; a variety makes it likely that some are accepted.
const FLOATS: [f64; SAMPLES] = [0.5, 2.0, 10.0, 100.0];
const INTEGERS: [i64; SAMPLES] = [1, 2, 10, 100];
const TEXTS: [&str; SAMPLES] = ["a", "b", "c", "ab"];
const JSON: [&str; SAMPLES] = ["{}", "[]", "1", "\"a\""];
const SAMPLES: usize = 4;

/// The values of the documents of a batch.
const DOCUMENT_FLOATS: [f64; DOCUMENTS] = [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 100.0];
const DOCUMENT_INTEGERS: [i64; DOCUMENTS] = [0, 1, 2, 3, 5, 10, 50, 100];
const DOCUMENT_TEXTS: [&str; DOCUMENTS] = ["", "A", "a", "ab", "abc", "b", "c", "z"];
const DOCUMENTS: usize = 8;

/// Which parameters are set.
#[derive(Debug, Clone, Copy)]
enum Selection {
    All,
    /// Those with a default keep it.
    WithoutDefault,
    /// The others are missing, or have their default.
    Required,
}

/// Lists of arguments, all different.
pub(crate) fn arguments(metadata: &Metadata) -> Vec<Vec<Argument>> {
    let mut samples = Vec::new();
    for index in 0..SAMPLES {
        for selection in [Selection::All, Selection::WithoutDefault, Selection::Required] {
            let parameters = metadata.parameters.iter();
            let sample: Vec<Argument> =
                parameters.filter_map(|parameter| argument(parameter, selection, index)).collect();
            if !samples.contains(&sample) {
                samples.push(sample);
            }
        }
    }
    samples
}

fn argument(parameter: &Parameter, selection: Selection, index: usize) -> Option<Argument> {
    let is_set = match selection {
        Selection::All => true,
        Selection::WithoutDefault => parameter.default.is_none(),
        Selection::Required => parameter.required,
    };
    let value = if is_set { Some(value(parameter.kind, index)) } else { parameter.default.clone() };
    value.map(|value| Argument { name: parameter.name.clone(), value })
}

fn value(kind: ParameterKind, index: usize) -> Value {
    match kind {
        ParameterKind::Boolean => Value::Boolean(index % 2 == 1),
        ParameterKind::Integer => Value::Integer(INTEGERS[index]),
        ParameterKind::Float => Value::Float(FLOATS[index]),
        ParameterKind::Text | ParameterKind::Field => Value::Text(TEXTS[index].to_owned()),
        ParameterKind::Integers => Value::Integers(vec![INTEGERS[index]]),
        ParameterKind::Floats => Value::Floats(vec![FLOATS[index]]),
        ParameterKind::Texts => Value::Texts(vec![TEXTS[index].to_owned()]),
        ParameterKind::Json => Value::Json(JSON[index].to_owned()),
    }
}

/// A batch with these columns, with exactly one value per document.
pub(crate) fn batch(columns: &[ColumnRequest]) -> Batch {
    Batch { len: DOCUMENTS, scores: Vec::new(), columns: columns.iter().map(|request| column(request.kind)).collect() }
}

/// The scores so far of the documents of a batch.
pub(crate) fn scores() -> Vec<f32> {
    (1..=DOCUMENTS).map(|score| score as f32).collect()
}

fn column(kind: ColumnKind) -> Column {
    let values = match kind {
        ColumnKind::Booleans => Values::Booleans((0..DOCUMENTS).map(|document| u8::from(document % 2 == 1)).collect()),
        ColumnKind::Integers | ColumnKind::Dates => Values::Integers(DOCUMENT_INTEGERS.to_vec()),
        ColumnKind::Floats => Values::Floats(DOCUMENT_FLOATS.to_vec()),
        ColumnKind::Texts => {
            let mut dictionary = Dictionary::default();
            dictionary.codes = DOCUMENT_TEXTS.iter().map(|text| dictionary.push_text(text)).collect();
            Values::Texts(dictionary)
        }
    };
    Column { values, starts: Vec::new() }
}

#[cfg(test)]
mod tests {
    use quidditch_function::{FunctionId, Role};

    use super::*;

    #[test]
    fn parameters_are_set_omitted_or_have_their_default() {
        let parameter = |name: &str, required: bool, default: Option<f64>| Parameter {
            name: name.to_owned(),
            kind: ParameterKind::Float,
            required,
            default: default.map(Value::Float),
            summary: String::new(),
        };
        let metadata = Metadata {
            id: FunctionId::new("f", "1.0.0"),
            summary: String::new(),
            parameters: vec![
                parameter("required", true, None),
                parameter("optional", false, None),
                parameter("default", false, Some(0.1)),
            ],
            roles: Role::Filter.into(),
            memory_mib: 0,
        };
        let samples = arguments(&metadata);
        assert_eq!(samples.len(), 3 * SAMPLES);
        let numbers = |sample: &[Argument]| -> Vec<(String, Value)> {
            sample.iter().map(|argument| (argument.name.clone(), argument.value.clone())).collect()
        };
        let expected = |sample: &[(&str, f64)]| -> Vec<(String, Value)> {
            sample.iter().map(|(name, value)| ((*name).to_owned(), Value::Float(*value))).collect()
        };
        assert_eq!(numbers(&samples[0]), expected(&[("required", 0.5), ("optional", 0.5), ("default", 0.5)]));
        assert_eq!(numbers(&samples[1]), expected(&[("required", 0.5), ("optional", 0.5), ("default", 0.1)]));
        assert_eq!(numbers(&samples[2]), expected(&[("required", 0.5), ("default", 0.1)]));
        assert_eq!(numbers(&samples[5]), expected(&[("required", 2.0), ("default", 0.1)]));
    }

    #[test]
    fn a_function_without_parameters_has_one_sample() {
        let metadata = Metadata {
            id: FunctionId::new("f", "1.0.0"),
            summary: String::new(),
            parameters: Vec::new(),
            roles: Role::Filter.into(),
            memory_mib: 0,
        };
        assert_eq!(arguments(&metadata), [Vec::new()]);
    }
}
