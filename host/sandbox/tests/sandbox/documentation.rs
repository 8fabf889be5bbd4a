//! Compares the documentation with the code.

use quidditch_function::OutputLimits;
use quidditch_sandbox::SandboxLimits;

/// The limits that `docs/functions/writing.md` lists. Every limit that an author can reach is listed.
fn documented_limits() -> Vec<(&'static str, String)> {
    let SandboxLimits {
        component_bytes,
        instances: _,
        memory_bytes,
        max_memory_bytes,
        core_instances: _,
        tables: _,
        table_elements: _,
        stack_bytes,
        tick: _,
        load_time,
        result_bytes,
        backtrace_frames: _,
        parameters,
        parameter_name_bytes,
        summary_bytes,
        output: OutputLimits { columns, field_name_bytes, message_bytes, log_messages },
    } = SandboxLimits::default();
    vec![
        ("size of the component", format!("{} MiB", component_bytes >> 20)),
        (
            "memory of an instance",
            format!("{} MiB; {} MiB if the function asks for it", memory_bytes >> 20, max_memory_bytes >> 20),
        ),
        ("stack of a call", format!("{} KiB", stack_bytes >> 10)),
        ("time to start and to return its metadata, when it is loaded", format!("{} s", load_time.as_secs())),
        ("columns", format!("{columns}, with field names of {field_name_bytes} bytes")),
        ("parameters", format!("{parameters}, with names of {parameter_name_bytes} bytes")),
        ("summary of the function or of a parameter", format!("{} bytes", thousands(summary_bytes))),
        ("bytes returned per call", format!("{} MiB, or what the result for the batch needs", result_bytes >> 20)),
        ("error message, or line of log", format!("{} bytes; the rest is cut off", thousands(message_bytes))),
        ("lines of log of an instance", format!("{log_messages}; the rest is dropped")),
    ]
}

fn thousands(number: usize) -> String {
    format!("{},{:03}", number / 1_000, number % 1_000)
}

#[test]
fn the_documented_limits_are_the_defaults() {
    let page = include_str!("../../../../docs/functions/writing.md");
    let (_, table) = page.split_once("| limit | at most |\n|---|---|\n").expect("the page has the table");
    let (table, _) = table.split_once("\n\n").expect("the table ends");
    let rows = table.lines().filter_map(|row| row.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    // Limits of the engine, not of the sandbox.
    let of_the_engine =
        ["time of all functions of a request together", "memory of all instances of a request together"];
    let rows = rows.filter(|(limit, _)| !of_the_engine.contains(limit));
    let rows: Vec<_> = rows.map(|(limit, value)| (limit, value.to_owned())).collect();
    assert_eq!(rows, documented_limits());
}
