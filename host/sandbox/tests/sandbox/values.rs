//! Values, and what filters and scorers announce: well-behaved functions, and those that violate the contract.

use quidditch_function::{Batch, Cause, Column, ColumnKind, ColumnRange, Dictionary, Role, Values};

use crate::documents::{
    budget, compute, filter_failure, load, message, minimum, populations, sandbox, scorer_failure, values_failure,
};
use quidditch_test_guests::Guest;

const LOOP: &str = "(loop $endless (br $endless)) unreachable";

fn guest() -> Guest {
    Guest::new().for_world("values-udf")
}

fn all_roles() -> Guest {
    Guest::new().for_world("filter-scorer-and-values-udf")
}

/// A guest whose answer has values at 2240, and starts at 2400.
fn answers(items: &str, column: &str) -> Guest {
    guest().with("items", items).with("compute", format!("(call $ok_column {column})"))
}

#[test]
fn values_are_computed_for_each_batch() {
    let function = load(&sandbox(), &guest()).expect("loads");
    assert_eq!(function.metadata().roles, Role::Values.into());
    let mut bound = function.bind_values(&[], &budget()).expect("binds");
    assert_eq!((bound.kind(), bound.columns().len()), (ColumnKind::Floats, 1));
    let mut values = Column::empty(ColumnKind::Floats);
    for _ in 0..100 {
        bound.compute(&populations(&[3.0, 1.0]), &mut values).expect("answers");
        assert_eq!(values, Column { values: Values::Floats(vec![3.0, 1.0]), starts: Vec::new() });
    }
    let some = Column { values: Values::Floats(vec![1.0, 3.0, 2.0]), starts: vec![0, 0, 2, 3] };
    let batch = Batch { len: 3, scores: Vec::new(), columns: vec![some.clone()] };
    bound.compute(&batch, &mut values).expect("answers");
    assert_eq!(values, some);
    let many: Vec<f64> = (0..10_000).map(f64::from).collect();
    bound.compute(&populations(&many), &mut values).expect("answers");
    assert_eq!(values.values, Values::Floats(many));
}

#[test]
fn a_function_may_have_all_roles() {
    let sandbox = sandbox();
    let component = all_roles().build();
    let report = sandbox.check(&component);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let roles = report.metadata.expect("the metadata was read").roles;
    assert_eq!(roles.to_string(), "filter, scorer, values");
    let function = load(&sandbox, &all_roles()).expect("loads");
    assert_eq!(compute(function.as_ref(), &populations(&[7.0])).expect("answers").values, Values::Floats(vec![7.0]));
}

#[test]
fn values_of_every_type() {
    let sandbox = sandbox();
    let computed = |kind: u32, items: &str, column: &str| {
        let guest = answers(items, column).with("kind", format!("(i32.const {kind})"));
        compute(load(&sandbox, &guest).expect("loads").as_ref(), &populations(&[0.0; 2])).expect("answers")
    };
    let bytes = r#"(data (i32.const 2240) "\01\00")"#;
    let column = computed(0, bytes, "(i32.const 0) (i32.const 2240) (i32.const 2) (i32.const 8) (i32.const 0)");
    assert_eq!(column.values, Values::Booleans(vec![1, 0]));
    // Dates are integers.
    let numbers = r#"(data (i32.const 2240) "\02\00\00\00\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff")
        (data (i32.const 2400) "\00\00\00\00\02\00\00\00\02\00\00\00")"#;
    for kind in [1, 4] {
        let column =
            computed(kind, numbers, "(i32.const 1) (i32.const 2240) (i32.const 2) (i32.const 2400) (i32.const 3)");
        assert_eq!(column, Column { values: Values::Integers(vec![-1, 2]), starts: vec![0, 2, 2] }, "sorted");
    }
    // Two codes, one end, one byte.
    let texts = r#"(data (i32.const 2240) "\00\00\00\00\00\00\00\00\01\00\00\00A")"#;
    let lists = "(i32.store (i32.const 32) (i32.const 2248)) (i32.store (i32.const 36) (i32.const 1))
        (i32.store (i32.const 40) (i32.const 2252)) (i32.store (i32.const 44) (i32.const 1))";
    let column = format!("(i32.const 3) (i32.const 2240) (i32.const 2) (i32.const 8) (i32.const 0) {lists}");
    let column = computed(3, texts, &column);
    let dictionary = Dictionary { codes: vec![0, 0], ends: vec![1], bytes: b"A".to_vec() };
    assert_eq!(column.values, Values::Texts(dictionary));
}

#[test]
fn hostile_values_are_rejected() {
    let sandbox = sandbox();
    let failure = |items: &str, column: &str| values_failure(&sandbox, &answers(items, column));
    let floats = |len: u32| format!("(i32.const 2) (i32.const 2240) (i32.const {len}) (i32.const 8) (i32.const 0)");
    insta::assert_snapshot!(failure("", &floats(2)), @"function f@1.0.0 failed to run: the function returned 2 values for 3 documents");
    insta::assert_snapshot!(failure("", &floats(0x7fff_ffff)), @"function f@1.0.0 failed to run: the function violated the contract: list pointer/length out of bounds of memory");
    insta::assert_snapshot!(failure("", "(i32.const 1) (i32.const 2240) (i32.const 3) (i32.const 8) (i32.const 0)"), @"function f@1.0.0 failed to run: the function returned integers after it declared floats");
    insta::assert_snapshot!(failure("", "(i32.const 9) (i32.const 2240) (i32.const 3) (i32.const 8) (i32.const 0)"), @"function f@1.0.0 failed to run: the function violated the contract: unexpected discriminant: 9");
    let nan = r#"(data (i32.const 2248) "\00\00\00\00\00\00\f8\7f")"#;
    insta::assert_snapshot!(failure(nan, &floats(3)), @"function f@1.0.0 failed to run: invalid value [NaN] for document 1 of the batch: must be a finite number");
    let starts =
        |starts: u32| format!("(i32.const 2) (i32.const 2240) (i32.const 3) (i32.const 2400) (i32.const {starts})");
    insta::assert_snapshot!(failure("", &starts(2)), @"function f@1.0.0 failed to run: the function returned 2 starts for 3 documents: must be one more");
    insta::assert_snapshot!(failure("", &starts(4)), @"function f@1.0.0 failed to run: the starts that the function returned do not ascend from 0 to 3");
    let descending = r#"(data (i32.const 2400) "\00\00\00\00\ff\ff\ff\ff\02\00\00\00\03\00\00\00")"#;
    insta::assert_snapshot!(failure(descending, &starts(4)), @"function f@1.0.0 failed to run: the starts that the function returned do not ascend from 0 to 3");

    let texts = |items: &str, ends: u32, bytes: u32| {
        let lists = format!(
            "(i32.store (i32.const 32) (i32.const 2256)) (i32.store (i32.const 36) (i32.const {ends}))
             (i32.store (i32.const 40) (i32.const 2264)) (i32.store (i32.const 44) (i32.const {bytes}))"
        );
        let column = format!("(i32.const 3) (i32.const 2240) (i32.const 3) (i32.const 8) (i32.const 0) {lists}");
        values_failure(&sandbox, &answers(items, &column).with("kind", "(i32.const 3)"))
    };
    insta::assert_snapshot!(texts("", 0, 0), @"function f@1.0.0 failed to run: the function returned the code [0] in a dictionary of 0 texts");
    insta::assert_snapshot!(texts("", 1, 1), @"function f@1.0.0 failed to run: the ends of the texts that the function returned do not ascend to 1");
    let not_utf8 = r#"(data (i32.const 2256) "\01") (data (i32.const 2264) "\ff")"#;
    insta::assert_snapshot!(texts(not_utf8, 1, 1), @"function f@1.0.0 failed to run: the function returned a text that is not UTF-8");
    let booleans = answers(
        r#"(data (i32.const 2240) "\01\02\00")"#,
        "(i32.const 0) (i32.const 2240) (i32.const 3) (i32.const 8) (i32.const 0)",
    );
    insta::assert_snapshot!(values_failure(&sandbox, &booleans.with("kind", "(i32.const 0)")), @"function f@1.0.0 failed to run: the function returned the boolean [2]: must be 0 or 1");
    insta::assert_snapshot!(values_failure(&sandbox, &guest().with("kind", "(i32.const 5)")), @"function f@1.0.0 failed to bind: the function violated the contract: unexpected discriminant: 5");
    insta::assert_snapshot!(values_failure(&sandbox, &guest().with("compute", "unreachable")), @"function f@1.0.0 failed to run: the function trapped: it aborted: an `unreachable` instruction was executed");
    for part in ["bind_values", "kind", "compute"] {
        let function = load(&sandbox, &guest().with(part, LOOP)).expect("loads");
        let budget = std::sync::Arc::new(quidditch_function::Budget::new(std::time::Duration::from_millis(30)));
        let bound = function.bind_values(&[], &budget);
        let computed =
            bound.and_then(|mut bound| bound.compute(&populations(&[1.0]), &mut Column::empty(ColumnKind::Floats)));
        assert!(matches!(computed.expect_err("is stopped").cause, Cause::TimedOut { .. }), "in {part}");
    }
}

#[test]
fn a_failed_function_cannot_compute_again() {
    let function = load(&sandbox(), &guest().with("compute", "unreachable")).expect("loads");
    let mut bound = function.bind_values(&[], &budget()).expect("binds");
    let mut values = Column::empty(ColumnKind::Floats);
    bound.compute(&populations(&[1.0]), &mut values).expect_err("traps");
    let error = bound.compute(&populations(&[1.0]), &mut values).expect_err("failed before");
    insta::assert_snapshot!(message(&error), @"function f@1.0.0 failed to run: it failed before and cannot be called again");
}

#[test]
fn a_filter_announces_in_what_it_can_match() {
    let sandbox = sandbox();
    let range = |column: u32, min: &str, max: &str| {
        Guest::new().with(
            "ranges",
            format!(
                "(i32.store (i32.const 2048) (i32.const {column})) (f64.store (i32.const 2056) (f64.const {min}))
                 (f64.store (i32.const 2064) (f64.const {max})) (call $list (i32.const 2048) (i32.const 1))"
            ),
        )
    };
    let ranges = |guest: &Guest| {
        let function = load(&sandbox, guest).expect("loads");
        function.bind_filter(&minimum(1.0), &budget()).expect("binds").ranges().to_vec()
    };
    assert_eq!(ranges(&Guest::new()), []);
    assert_eq!(ranges(&range(0, "-1", "inf")), [ColumnRange { column: 0, min: -1.0, max: f64::INFINITY }]);
    insta::assert_snapshot!(filter_failure(&sandbox, &range(1, "0", "1")), @"function f@1.0.0 failed to bind: the function announced a range of column 1, which is not a requested column of numbers or dates");
    insta::assert_snapshot!(filter_failure(&sandbox, &range(0, "nan", "1")), @"function f@1.0.0 failed to bind: the function announced the range from [NaN] to [1] of column 0");
    let many = Guest::new().with("ranges", "(call $list (i32.const 2048) (i32.const 2))");
    insta::assert_snapshot!(filter_failure(&sandbox, &many), @"function f@1.0.0 failed to bind: the function announced 2 ranges for 1 columns");
    let endless = Guest::new().with("ranges", "(call $list (i32.const 2048) (i32.const 0x7fffffff))");
    insta::assert_snapshot!(filter_failure(&sandbox, &endless), @"function f@1.0.0 failed to bind: the function violated the contract: list pointer/length out of bounds of memory");
    insta::assert_snapshot!(filter_failure(&sandbox, &Guest::new().with("ranges", "unreachable")), @"function f@1.0.0 failed to bind: the function trapped: it aborted: an `unreachable` instruction was executed");
}

#[test]
fn a_scorer_announces_its_highest_score() {
    let sandbox = sandbox();
    let scorer = |code: &str| {
        load(&sandbox, &Guest::new().with("max_score", code)).and_then(|function| function.bind_scorer(&[], &budget()))
    };
    let mut unknown = scorer("(f32.const inf)").expect("binds");
    assert_eq!(unknown.max_score(f32::INFINITY).expect("a bound"), f32::INFINITY);
    let mut doubled = scorer("(f32.mul (local.get $score) (f32.const 2))").expect("binds");
    assert_eq!(doubled.max_score(1.5).expect("a bound"), 3.0);
    assert_eq!(doubled.max_score(f32::INFINITY).expect("a bound"), f32::INFINITY);
    // It is asked about infinity when it is bound.
    let failure = |code: &str| scorer_failure(&sandbox, &Guest::new().with("max_score", code));
    insta::assert_snapshot!(failure("(f32.const nan)"), @"function f@1.0.0 failed to bind: the function announced the maximum score [NaN]: must be a non-negative number or infinity");
    insta::assert_snapshot!(failure("(f32.const -1)"), @"function f@1.0.0 failed to bind: the function announced the maximum score [-1]: must be a non-negative number or infinity");
    insta::assert_snapshot!(failure("unreachable"), @"function f@1.0.0 failed to bind: the function trapped: it aborted: an `unreachable` instruction was executed");
    let mut later = scorer("(f32.sub (local.get $score) (f32.const 2))").expect("binds");
    insta::assert_snapshot!(message(&later.max_score(1.0).expect_err("negative")), @"function f@1.0.0 failed to run: the function announced the maximum score [-1]: must be a non-negative number or infinity");
}

#[test]
fn values_that_share_a_global_are_rejected() {
    // The number of bound values is the value.
    let compute = "
        (f64.store (i32.const 4096) (f64.convert_i32_u (global.get $count)))
        (memory.copy (i32.const 4104) (i32.const 4096) (i32.const 56))
        (call $ok_column (i32.const 2) (i32.const 4096) (local.get $len) (i32.const 8) (i32.const 0))";
    let guest = guest()
        .with("items", "(global $count (mut i32) (i32.const 0))")
        .with(
            "bind_values",
            "(global.set $count (i32.add (global.get $count) (i32.const 1))) (call $ok_handle (call $new_values (i32.const 1)))",
        )
        .with("compute", compute);
    let report = sandbox().check(&guest.build());
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(findings.join("\n"), @"binding it twice in one instance changes its results (keep all state of a bound function in its resource, and none in globals)");
}
