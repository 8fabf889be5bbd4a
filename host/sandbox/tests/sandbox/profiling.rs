//! Profiles say in which functions of a component time was spent.

use quidditch_function::{Code, FunctionId};
use quidditch_sandbox::{Profile, Sandbox, SandboxLimits};
use quidditch_test_guests::{Guest, KEEP};

use crate::documents::{budget, minimum, populations, sandbox, small_limits, with_limits};

/// A filter that spends nearly all of its time in the function `busy`, which `work` calls.
fn busy() -> Guest {
    let busy = "
        (func $busy (local $turns i32)
          (loop $next
            (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $turns) (i32.const 100000)))))
        (func $work (call $busy))";
    Guest::new().with("items", busy).with("keep", format!("(call $work) {KEEP}"))
}

/// Calls the filter until there are samples.
fn profile(sandbox: &Sandbox, component: &[u8]) -> Profile {
    let (function, profiling) =
        sandbox.load_profiled(FunctionId::new("busy", "1.0.0"), Code::Component(component)).expect("loads");
    let budget = budget();
    let mut filter = function.bind_filter(&minimum(2.0), &budget).expect("binds");
    let mut kept = Vec::new();
    while profiling.samples() < 100 {
        filter.keep(&populations(&[1.0, 3.0]), &mut kept).expect("answers");
        assert_eq!(kept, [0, 1]);
    }
    profiling.finish().expect("is JSON")
}

#[test]
fn time_is_that_of_functions_and_of_those_that_they_call() {
    let profile = profile(&sandbox(), &busy().build());
    assert!(profile.samples >= 100);
    let [busiest, ..] = profile.functions.as_slice() else { panic!("no functions") };
    assert_eq!(busiest.name, "busy");
    assert!(busiest.self_samples * 10 >= profile.samples * 8, "{:?}", profile.functions);
    let work = profile.functions.iter().find(|function| function.name == "work").expect("was on the stack");
    assert!(work.self_samples < busiest.self_samples, "{:?}", profile.functions);
    assert!(work.total_samples >= busiest.total_samples, "{:?}", profile.functions);
    let own: u64 = profile.functions.iter().map(|function| function.self_samples).sum();
    assert_eq!(own, profile.samples, "each sample is in one function");
}

#[test]
fn the_whole_profile_is_in_the_format_of_the_firefox_profiler() {
    let profile = profile(&sandbox(), &busy().build());
    let json: serde_json::Value = serde_json::from_slice(&profile.firefox).expect("is JSON");
    assert_eq!(json["meta"]["product"], "busy");
    let thread = &json["threads"][0];
    assert_eq!(thread["samples"]["length"], profile.samples);
    let names = json["shared"]["stringArray"].as_array().or_else(|| thread["stringArray"].as_array());
    assert!(names.expect("names of functions").iter().any(|name| name == "busy"), "{names:?}");
}

#[test]
fn a_function_that_was_profiled_can_still_be_called() {
    let sandbox = sandbox();
    let component = busy().build();
    let (function, profiling) =
        sandbox.load_profiled(FunctionId::new("busy", "1.0.0"), Code::Component(&component)).expect("loads");
    let budget = budget();
    let mut filter = function.bind_filter(&minimum(2.0), &budget).expect("binds");
    profiling.finish().expect("is JSON");
    let mut kept = Vec::new();
    for _ in 0..100 {
        filter.keep(&populations(&[1.0, 3.0]), &mut kept).expect("answers");
    }
    assert_eq!(kept, [0, 1]);
}

#[test]
fn functions_are_found_below_a_deep_stack() {
    let recursive = "
        (func $deep (param $depth i32) (local $turns i32)
          (if (local.get $depth)
            (then (call $deep (i32.sub (local.get $depth) (i32.const 1))))
            (else
              (loop $next
                (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
                (br_if $next (i32.lt_u (local.get $turns) (i32.const 100000)))))))
        (func $work (call $deep (i32.const 30)))";
    let guest = Guest::new().with("items", recursive).with("keep", format!("(call $work) {KEEP}"));
    let total = |backtrace_frames: usize| {
        let sandbox = with_limits(SandboxLimits { backtrace_frames, ..small_limits() });
        let profile = profile(&sandbox, &guest.build());
        let work = profile.functions.iter().find(|function| function.name == "work");
        work.map_or(0.0, |work| work.total_samples as f64 / profile.samples as f64)
    };
    assert!(total(100) > 0.8);
    assert!(total(20) < 0.2, "a sample has only the innermost functions");
}
