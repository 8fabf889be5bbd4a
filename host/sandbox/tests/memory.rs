//! Measures the memory of many instances. It is the only test in its process, because it measures the process.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{Batch, Budget, Code, Column, FunctionId, Loader, Values};
use quidditch_sandbox::{Sandbox, SandboxLimits};
use quidditch_test_guests::Guest;

/// The resident memory of this process, in bytes.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has a line VmRSS");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

#[test]
fn a_hundred_running_instances_take_less_than_10_mb_more_than_one() {
    let sandbox = Sandbox::new(SandboxLimits::default(), None).expect("the sandbox can be set up");
    // 17 pages, like a function in Rust, of which it uses one for its stack and data.
    let component = Guest::new().with("pages", "17").build();
    let function = sandbox.load(FunctionId::new("f", "1.0.0"), Code::Component(&component)).expect("loads");
    let budget = Arc::new(Budget::new(Duration::from_secs(60)));
    let column = Column { values: Values::Floats(vec![1.0; 1024]), starts: Vec::new() };
    let batch = Batch { len: 1024, scores: Vec::new(), columns: vec![column] };
    let running = |count: usize| -> Vec<_> {
        let bind = |_| {
            let mut filter = function.bind_filter(&[], &budget).expect("binds");
            let mut kept = Vec::new();
            filter.keep(&batch, &mut kept).expect("answers");
            (filter, kept)
        };
        (0..count).map(bind).collect()
    };
    let one = running(1);
    let with_one = resident_bytes();
    let hundred = running(100);
    let above_one = resident_bytes().saturating_sub(with_one);
    assert!(above_one < 10_000_000, "100 instances take {above_one} bytes");
    drop((one, hundred));
    for _ in 0..10 {
        drop(running(100));
    }
    let afterwards = resident_bytes().saturating_sub(with_one);
    // A free slot keeps the little memory that its last instance wrote: five pages here.
    assert!(afterwards < 4_000_000, "{afterwards} bytes are still used after all instances were dropped");
    eprintln!("100 instances: {above_one} bytes more than one; after they were dropped: {afterwards}");
}
