//! What is known of a function on the stack of an instance.

use quidditch_function::truncated;
use wasmtime::FrameInfo;

use crate::SandboxLimits;

/// The name of a function on the stack; its index if the component has no names.
pub(crate) fn frame_name(frame: &FrameInfo, limits: &SandboxLimits) -> String {
    match frame.func_name() {
        Some(name) => format!("{:#}", rustc_demangle::demangle(truncated(name, limits.output.message_bytes))),
        None => format!("function {}", frame.func_index()),
    }
}

/// File and line of a frame, where debug information is read.
pub(crate) fn place(frame: &FrameInfo, limits: &SandboxLimits) -> Option<String> {
    // Code that the compiler has inlined from elsewhere may have no line: then that of its caller is shown.
    frame.symbols().iter().find_map(|symbol| {
        let file = truncated(symbol.file()?, limits.output.message_bytes);
        Some(format!("{file}:{}", symbol.line()?))
    })
}
