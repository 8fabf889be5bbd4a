//! Compares what scripts return with what OpenSearch 2.19 returned for them, which the files in `testdata` hold.
//!
//! The answers are those to a search for one document with a `_script` sort of numbers (`sort`), to one with a `script` query
//! (`filter`), and to one with `script_score` (`score`): a number, whether the document was found, or the kind of error.

use std::cmp::Ordering;

use quidditch_function::Role;
use serde_json::{Map, Value as Json, json};

use crate::evaluate::Stop;
use crate::language::Language;
use crate::test_documents::{Document, compiled, run};
use crate::value::Value;

/// The documents of the answers, in their order: `full`, `none`, `multi`, `big`.
fn documents() -> Vec<Document> {
    let full = Document {
        integers: [vec![7], vec![3]],
        floats: [vec![2.5], vec![f64::from(0.1_f32)]],
        booleans: vec![true],
        keywords: vec!["Straße b"],
        dates: vec![1_709_212_455_678],
        points: vec![(51.199_999_982_491_136, 6.799_999_997_019_768)],
        score: 1.0,
    };
    let none = Document { score: 1.0, ..Document::default() };
    let multi = Document {
        integers: [vec![9, 1, 4, 4], vec![5, -2]],
        floats: [vec![3.5, -1.5, 0.25], vec![1.5, 2.5]],
        booleans: vec![true, false],
        keywords: vec!["b", "a", "a"],
        dates: vec![1_577_836_800_000, 1_559_347_200_000],
        points: vec![(9.999_999_990_686_774, 19.999_999_981_373_55), (-5.000_000_037_252_903, 39.999_999_962_747_1)],
        score: 1.0,
    };
    let big = Document {
        integers: [vec![i64::MAX], vec![i64::from(i32::MAX)]],
        floats: [vec![1e308], vec![f64::from(3e38_f32)]],
        booleans: vec![false],
        keywords: vec![""],
        dates: vec![-1],
        points: vec![(-33.900_000_024_586_916, -151.200_000_056_996_94)],
        score: 1.0,
    };
    vec![full, none, multi, big]
}

pub(crate) fn params() -> Map<String, Json> {
    let params = json!({
        "f": "n", "s": "x", "i": 5, "d": 2.0, "l": [1, 2, 3], "m": {"a": 1, "b": 2.5}, "big": 5_000_000_000_i64, "b": true,
        "w": {"a": 3, "b": 4, "Straße b": 5}
    });
    params.as_object().cloned().unwrap_or_default()
}

/// What the answer of OpenSearch is to be compared with; `None` if the script is refused.
fn answer(context: &str, language: Language, source: &str, document: &Document) -> Option<Json> {
    let role = if context == "filter" { Role::Filter } else { Role::Scorer };
    let params = match language {
        Language::Painless => params(),
        Language::Expression => params().into_iter().filter(|(_, value)| value.is_number()).collect(),
    };
    let program = match compiled(language, source, &params, role) {
        Ok(program) => program,
        Err(error) if error.failure.reason.contains("is not supported in scripts") => return None,
        Err(_) => return Some(json!("compile")),
    };
    Some(match run(&program, std::slice::from_ref(document)).map(|values| values.into_iter().next()) {
        Ok(Some(Value::Boolean(value))) => json!(value),
        Ok(Some(value)) => match value.as_double() {
            Some(score) if context == "score" && (score.is_nan() || score < 0.0) => json!("score"),
            Some(score) if context == "score" => json_number(f64::from(score as f32)),
            Some(number) => json_number(number),
            None => json!("another type"),
        },
        Ok(None) => json!("nothing"),
        Err(Stop::Failed { .. }) => json!("runtime"),
        Err(Stop::TimedOut) => json!("timeout"),
    })
}

pub(crate) fn json_number(number: f64) -> Json {
    if number.is_finite() { json!(number) } else { json!(crate::java_text::double(number)) }
}

fn is_same(context: &str, ours: &Json, theirs: &Json) -> bool {
    if let (Some(ours), Some(theirs)) = (ours.as_array(), theirs.as_array()) {
        let mut theirs = theirs.clone();
        theirs.sort_by(ascending);
        let pairs = || ours.iter().zip(&theirs);
        return ours.len() == theirs.len() && pairs().all(|(ours, theirs)| is_same(context, ours, theirs));
    }
    match (ours.as_f64(), theirs.as_f64()) {
        (Some(ours), Some(theirs)) if context == "score" => {
            (ours as f32 - theirs as f32).abs() <= 1e-6 * theirs.abs() as f32
        }
        // Their trigonometry is that of another library.
        (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 1e-9 * theirs.abs(),
        _ => ours == theirs,
    }
}

/// The order of values of one document. Numbers that JSON does not have are texts here.
fn ascending(left: &Json, right: &Json) -> Ordering {
    let number = |value: &Json| match value.as_str() {
        Some("NaN") => Some(f64::NAN),
        Some("Infinity") => Some(f64::INFINITY),
        Some("-Infinity") => Some(f64::NEG_INFINITY),
        _ => value.as_f64(),
    };
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        _ => left.to_string().cmp(&right.to_string()),
    }
}

/// Scripts to which the answer differs, and why.
const DIFFERENT: &[(Language, &str, &str)] = &[
    (Language::Painless, "0x1F", "OpenSearch rejects hexadecimal numbers by mistake"),
    (Language::Painless, "0xFFFFFFFF", "the same"),
    (Language::Painless, "params.size()", "OpenSearch adds entries of its own"),
    (
        Language::Painless,
        "def a; if (doc['n'].size() > 0) { a = doc['n'].value } return a ?: -5",
        "a default may be a number",
    ),
    (Language::Painless, "def a; if (doc['k'].size() > 0) { a = doc['k'].value } return a?.length() ?: -5", "the same"),
    (Language::Expression, "doc[ 'n' ].value", "blanks are allowed"),
    (Language::Expression, "doc['n'] .value", "blanks are allowed"),
    (Language::Painless, "doc['n'][1]", "OpenSearch returns what it has kept of another document"),
    (Language::Painless, "doc['n'].get(5)", "the same"),
    (Language::Painless, "doc['p'][1].lat", "the same"),
    (Language::Painless, "doc['p'].arcDistance('51', 7)", "that it is not a number is found by the compiler"),
    (Language::Painless, "_score = 5; return _score", "the score cannot be changed"),
    (
        Language::Painless,
        "decayDateGauss('2024-03-01||+1d', '10d', '0', 0.5, doc['t'].value)",
        "the origin cannot have date math",
    ),
    (
        Language::Painless,
        "decayGeoExp(params.s, '100km', '0km', 0.5, doc['p'].value)",
        "the origin cannot be a geohash",
    ),
    (Language::Painless, "decayGeoLinear('x', '100km', '0km', 0.5, doc['p'].value)", "the origin cannot be a geohash"),
    (
        Language::Painless,
        "(_value % 3) / [1, 2, 5].indexOf((params.nothing ?: params['m']['a']))",
        "a script must not compute NaN or infinity for an aggregation or a field",
    ),
    (Language::Painless, "_value / (doc['p'].planeDistanceWithDefault(51, 7, -1) % ('a').compareTo('a'))", "the same"),
    (Language::Painless, "['a': (params.m.b % 0)].getOrDefault('a', doc['n'].value)", "the same"),
    (Language::Painless, "(Double.compare(_value, doc['d'].value) % Math.min(0, doc['d'].value))", "the same"),
    (
        Language::Painless,
        "emit(Math.sqrt(doc['d'].value)); emit(((doc['d'].length * params.m.getOrDefault('z', 3)) + 3L));",
        "the same",
    ),
    (
        Language::Painless,
        "double x = 2; def u716 = (params.w.values().sum() % [1, 2, 5].indexOf(doc['t'].value.getMillis())); emit((0.5 % ('ab b').indexOf('a'))); emit(doc['d'].length);",
        "the same",
    ),
    (
        Language::Painless,
        "long x = 0; x++; def v70 = Math.log(doc['t'].value.toInstant().toEpochMilli()); return ((params.s).replace('a', 'xy') + doc['p'].planeDistanceWithDefault(51, 7, -1))",
        "the last digits of a distance, here in a text: their trigonometry is that of another library",
    ),
    (
        Language::Painless,
        "long x = 0; def s65 = 0; for (e50 in params.w.entrySet()) { s65 += e50.getValue(); if (e50.getKey() == '') { continue; } if (((doc['n'].size() < 3L) || (0.5 instanceof Double))) { s65++; } def v98 = ((params.l.contains(doc['n'].size()) ? params.s : doc['k'].value)).hashCode(); } long v64 = (params.m.getOrDefault('z', 3) * (2.5f - 3L)); x += ('').indexOf((params.nothing ?: '')); return Long.toString(5L)",
        "OpenSearch cannot compile [instanceof] of a double",
    ),
    (
        Language::Painless,
        "int x = 1; if (params.w.containsValue(('ab b').length())) { --x; } else { x += doc['t'].value.getMillis(); } if ((Double.max(doc['d'].value, doc['d'].value) instanceof Double)) { double v88 = (-((2147483647 - x))); int v63 = doc['p'].lat; } else { for (int w129 = 0; w129 < doc['n'].size(); w129++) { def u322 = Math.ceil((doc['d'].value / x)); } } return (int)(Math.atan2(x, doc['d'].length))",
        "the same",
    ),
    (
        Language::Painless,
        "long x = 1; int v25 = params.big; if (Double.isNaN((doc['n'].size() - v25))) { v25 = [1, 2, 5].indexOf((params.l.contains(doc['n'].size()) ? doc['t'].value.getMillis() : params.m.getOrDefault('z', 3))); int w249 = 0; while (w249 < 4) { w249++; def v62 = (float)((params.i ?: doc['i'].value)); } } return ((params.s + params.d)).startsWith((params.nothing ?: 'ab b'))",
        "a default may be a number",
    ),
    (
        Language::Painless,
        "long x = 0; --x; x %= Math.abs(ChronoUnit.MONTHS.between(doc['t'].value, ZonedDateTime.parse('2024-03-15T00:00:00Z'))); x -= Math.floor((params.m.z ?: 3L)); return (params.s).hashCode()",
        "the same",
    ),
];

#[test]
fn answers_are_those_of_opensearch() {
    compare(include_str!("../testdata/opensearch.json"), 3_600, answer);
}

#[test]
fn answers_to_random_scripts_are_those_of_opensearch() {
    compare(include_str!("../testdata/opensearch-random.json"), 3_400, answer);
}

#[test]
fn answers_to_statements_and_classes_are_those_of_opensearch() {
    compare(include_str!("../testdata/opensearch-painless.json"), 2_989, answer);
}

#[test]
fn answers_to_random_scripts_with_methods_are_those_of_opensearch() {
    compare(include_str!("../testdata/opensearch-random-methods.json"), 1_156, answer);
}

#[test]
fn answers_to_random_statements_are_those_of_opensearch() {
    compare(include_str!("../testdata/opensearch-random-painless.json"), 6_336, answer);
}

/// Computes the answer to a script in a context; `None` if the script is refused.
type Answer = fn(&str, Language, &str, &Document) -> Option<Json>;

/// Compares the answers in a file, of which at least this many must be comparable.
pub(crate) fn compare(file: &str, least: usize, answer: Answer) {
    let cases: Vec<Json> = serde_json::from_str(file).expect("valid");
    let (mut compared, mut refused, mut wrong) = (0, 0, Vec::new());
    for case in &cases {
        let text = |key: &str| case[key].as_str().expect("a text");
        let (context, source) = (text("context"), text("script"));
        let language = Language::from_name(text("lang")).expect("a language");
        let theirs = case["answers"].as_array().expect("a list");
        let is_known = DIFFERENT.iter().any(|(of, script, _)| (*of, *script) == (language, source));
        let mut differs = false;
        for (document, theirs) in documents().iter().zip(theirs) {
            match answer(context, language, source, document) {
                None => refused += 1,
                Some(ours) if is_same(context, &ours, theirs) => compared += 1,
                Some(_) if is_known => differs = true,
                Some(ours) => wrong.push(format!("{context} {language}: {source}\n    is {ours}, not {theirs}")),
            }
        }
        assert!(differs || !is_known, "the answers to {source} no longer differ");
    }
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    // So that no mistake makes the test pass.
    assert!(compared >= least, "{compared} answers were compared, {refused} were refused");
}
