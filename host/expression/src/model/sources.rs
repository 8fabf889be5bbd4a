//! Random scripts and documents.

use std::ops::Range;

use proptest::prelude::*;

use crate::test_documents::Document;

/// The sources of random expressions: of numbers, of conditions, and of texts.
#[derive(Debug, Clone)]
struct Sources {
    number: String,
    condition: String,
    text: String,
}

fn leaf() -> impl Strategy<Value = Sources> {
    let number = prop::sample::select(vec![
        "1",
        "0",
        "3L",
        "0.5",
        "-7",
        "2147483647",
        "2.5f",
        "9223372036854775807L",
        "doc['n'].value",
        "doc['d'].value",
        "doc['i'].value",
        "doc['n'].size()",
        "doc['d'].length",
        "doc['n'][1]",
        "doc['n'][-1]",
        "doc['d'][0]",
        "doc['t'].value.getMonthValue()",
        "doc['t'].value.year",
        "doc['t'].value.getMillis()",
        "params.i",
        "params.d",
        "params.big",
        "_score",
        "vv",
    ]);
    let condition = prop::sample::select(vec![
        "true",
        "doc['b'].value",
        "doc['n'].empty",
        "doc['k'].isEmpty()",
        "params.yes",
        "doc['n'].size() > 0",
        "doc['k'].contains('a')",
        "doc['n'].contains(7L)",
        "doc['n'].contains(7)",
        "doc['n'].contains(doc['i'].value)",
        "doc['d'].contains(2.0)",
        "doc['b'].contains(true)",
        "doc['k'].contains(doc['k'].value)",
        "doc['t'].contains(doc['t'].value)",
        "doc['t'].value.getHour() < 12",
        "doc['b'][0]",
    ]);
    let text = prop::sample::select(vec!["'a'", "''", "'aä😀'", "doc['k'].value", "doc['k'][-1]", "params.s"]);
    (number, condition, text).prop_map(|(number, condition, text)| Sources {
        number: number.to_owned(),
        condition: condition.to_owned(),
        text: text.to_owned(),
    })
}

fn painless_sources() -> impl Strategy<Value = Sources> {
    leaf().prop_recursive(5, 48, 3, |inner| {
        (inner.clone(), inner.clone(), inner, 0..16_usize, 0..10_usize, 0..8_usize).prop_map(
            |(a, b, c, number, condition, text)| {
                let (x, y) = (&a.number, &b.number);
                let (p, q) = (&a.condition, &b.condition);
                let (s, t) = (&a.text, &b.text);
                let z = &c.number;
                let number = match number {
                    0 => format!("({x} + {y})"),
                    1 => format!("({x} - {y})"),
                    2 => format!("({x} * {y})"),
                    3 => format!("({x} / {y})"),
                    4 => format!("({x} % {y})"),
                    5 => format!("({} ? (def){x} : (def){y})", c.condition),
                    6 => format!("Math.max({x}, {y})"),
                    7 => format!("Math.floor({x})"),
                    8 => format!("Math.round({x})"),
                    9 => format!("(int)({x})"),
                    10 => format!("(long)({x})"),
                    11 => format!("(double)({x})"),
                    12 => format!("({s}).length()"),
                    13 => format!("({s}).compareTo({t})"),
                    14 => format!("((def){x} & {y})"),
                    _ => format!("(-({x}))"),
                };
                let condition = match condition {
                    0 => format!("({x} < {y})"),
                    1 => format!("({x} == {z})"),
                    2 => format!("({x} != {z})"),
                    3 => format!("({x} >= {y})"),
                    4 => format!("({p} && {q})"),
                    5 => format!("({p} || {q})"),
                    6 => format!("!({p})"),
                    7 => format!("({s} == {t})"),
                    8 => format!("({s}).contains({t})"),
                    _ => format!("({p} ? {q} : {})", c.condition),
                };
                let text = match text {
                    0 => format!("({s} + {x})"),
                    1 => format!("({s} + {t})"),
                    2 => format!("({s}).toUpperCase()"),
                    3 => format!("({s}).substring(1)"),
                    4 => format!("({p} ? {s} : {t})"),
                    _ => s.clone(),
                };
                Sources { number, condition, text }
            },
        )
    })
}

/// Scripts with a variable and a branch.
pub(super) fn painless_scripts() -> impl Strategy<Value = String> {
    let of = prop::sample::select(vec!["def", "double", "long"]);
    let operator = prop::sample::select(vec!["=", "+=", "*=", "-="]);
    (painless_sources(), painless_sources(), of, operator, 0..14_usize).prop_map(|(a, b, of, operator, shape)| {
        // The variable does not exist yet where it gets its value.
        let first = a.number.replace("vv", "_score");
        let (condition, other) = (&b.condition, &b.number);
        match shape {
            0 => format!("def vv = 1; return {}", b.number),
            1 => format!("{of} vv = {first}; if ({condition}) {{ vv {operator} {other}; }} return vv"),
            2 => format!("def vv = {first}; if ({condition}) {{ return {other}; }} return vv"),
            3 => format!("def vv = {first}; for (def x : doc['n']) {{ if ({condition}) {{ break; }} vv {operator} x; }} return vv"),
            4 => format!("def vv = {first}; for (int i = 0; i < 3; i++) {{ if (i == 1) {{ continue; }} vv {operator} {other}; }} return vv"),
            5 => format!("{of} vv = {first}; int i = 0; while (i++ < doc['d'].size()) {{ if ({condition}) {{ return i; }} vv {operator} i; }} return vv"),
            6 => format!("def vv = {first}; int i = 0; do {{ i += 2; vv = (vv += i) + {other}; }} while (i < doc['n'].length); return vv + i++ * i"),
            7 => format!("def vv = 1; if ({condition}) {{ return {first}; }} if ({}) {{ return 2.5; }} return {other}", a.condition),
            8 => format!("def vv = {first}; if ({condition}) {{ return vv; }} else {{ return {other}; }}"),
            9 => format!("{of} vv = {first}; for (double x : doc['d']) {{ vv {operator} x; }} return vv"),
            10 => format!("{of} vv = {first}; for (long x : doc['n']) {{ if (x == 2) {{ continue; }} vv {operator} {other}; }} return vv"),
            11 => format!("def vv = {first}; for (def x : doc['k']) {{ if ({condition}) {{ return x.length(); }} vv += x.length(); }} return vv"),
            12 => format!("def vv = {first}; for (def x : doc['t']) {{ vv {operator} x.getDayOfYear(); }} for (def x : doc['b']) {{ if (x) {{ vv = {other}; }} }} return vv"),
            _ => format!("def vv = {first}; if ({condition}) {{ vv = {other}; }} else {{ vv {operator} 2; }} vv = vv + 1; return vv"),
        }
    })
}

pub(super) fn expression_sources() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1",
        "0",
        "2.5",
        "7",
        "doc['n'].value",
        "doc['d'].value",
        "doc['d'].max()",
        "doc['n'].median()",
        "doc['n'].avg()",
        "doc['d'].sum()",
        "doc['n'].length",
        "doc['d'].empty",
        "doc['b'].value",
        "_score",
        "i",
        "d",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(6, 48, 3, |inner| {
        let operators =
            vec!["+", "-", "*", "/", "%", "<", "==", "!=", ">=", "&&", "||", "&", "|", "^", "<<", ">>", ">>>"];
        let functions = vec!["max", "min", "pow", "atan2"];
        prop_oneof![
            (inner.clone(), inner.clone(), prop::sample::select(operators))
                .prop_map(|(left, right, operator)| format!("({left} {operator} {right})")),
            (inner.clone(), inner.clone(), prop::sample::select(functions))
                .prop_map(|(left, right, function)| format!("{function}({left}, {right})")),
            (inner.clone(), prop::sample::select(vec!["abs", "sqrt", "ln", "floor", "exp"]))
                .prop_map(|(argument, function)| format!("{function}({argument})")),
            (inner.clone(), prop::sample::select(vec!["-", "!", "~", "+"]))
                .prop_map(|(operand, sign)| format!("{sign}({operand})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(condition, yes, no)| format!("({condition} ? {yes} : {no})")),
        ]
    })
}

/// Documents that have up to two values in each field, or all of them one.
pub(super) fn documents() -> impl Strategy<Value = Vec<Document>> {
    prop_oneof![documents_with(0..3), documents_with(1..2)]
}

fn documents_with(values: Range<usize>) -> impl Strategy<Value = Vec<Document>> {
    let integers = || prop::collection::vec(prop::sample::select(vec![-3, 0, 1, 2, 7, i64::MAX]), values.clone());
    let floats = prop::collection::vec(prop::sample::select(vec![-0.5, 0.0, 2.0, 1e300, 3.25]), values.clone());
    let booleans = prop::collection::vec(any::<bool>(), values.clone());
    let keywords = prop::collection::vec(prop::sample::select(vec!["a", "b", "", "ab"]), values.clone());
    let moments = vec![-1, 0, 951_782_400_000, 1_709_212_455_678, i64::MAX];
    let dates = prop::collection::vec(prop::sample::select(moments), values.clone());
    let document = (integers(), integers(), floats, booleans, keywords, dates, 0..3_u8).prop_map(
        |(n, i, d, booleans, keywords, dates, score)| Document {
            integers: [n, i],
            floats: [d, vec![]],
            booleans,
            keywords,
            dates,
            score: f32::from(score) / 2.0,
            ..Document::default()
        },
    );
    prop::collection::vec(document, 1..6)
}
