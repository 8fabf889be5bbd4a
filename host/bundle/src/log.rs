//! The log of a bundle's functions: writes their messages to the app's standard error, which Spin stores.
//!
//! Messages are not buffered: a trap of the function ends the app's instance, and the last message explains the trap.
//!
//! One component is the log of all functions, because Spin limits the number of memories. It exports an interface for each function,
//! which has its own limits: those of [`OutputLimits`]. Errors are counted separately from other messages, because in an app only the log
//! tells why a function trapped.

use std::fmt::Write;

use quidditch_function::OutputLimits;

use crate::error::BoxError;
use crate::wat_component::{self, escaped};

/// Address of the buffer in which a line is assembled.
const LINE: usize = 16;
const NO_MORE: &str = "too many messages; further ones are dropped";

/// The name under which the log of the function in a slot is exported.
pub(crate) fn export_name(slot: usize) -> String {
    format!("log-slot{slot}")
}

/// The log of functions with these slots and names.
pub(crate) fn component(functions: &[(usize, &str)]) -> Result<Vec<u8>, BoxError> {
    let mut world = "import wasi:cli/stderr@0.2.6;\n".to_owned();
    let body = wat_component::interface_body("log");
    for (slot, _) in functions {
        writeln!(world, "export {}: interface {{{body}\n}}", export_name(*slot))?;
    }
    wat_component::component(&world, &module(functions, &OutputLimits::default()))
}

fn module(functions: &[(usize, &str)], limits: &OutputLimits) -> String {
    let OutputLimits { message_bytes, log_messages, .. } = *limits;
    let prefixes: Vec<String> = functions.iter().map(|(_, name)| format!("function {name}: ")).collect();
    let longest = prefixes.iter().map(String::len).max().unwrap_or_default();
    // A line is the prefix, the message and a line end. The constants are stored after the buffer for the longest line.
    let no_more_at = LINE + longest + message_bytes + 1;
    let mut end = no_more_at + NO_MORE.len();
    let mut exports = String::new();
    for ((slot, _), prefix) in functions.iter().zip(&prefixes) {
        exports += &export(*slot, prefix, end);
        end += prefix.len();
    }
    let heap = end.next_multiple_of(16);
    let pages = heap / 65_536 + 1;
    format!(
        r#"(module
  (import "wasi:cli/stderr@0.2.6" "get-stderr" (func $stderr (result i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
    (func $write (param $stream i32) (param $at i32) (param $bytes i32) (param $result i32)))
  (import "wasi:io/streams@0.2.6" "[resource-drop]output-stream" (func $close (param i32)))
  (import "wasi:io/error@0.2.6" "[resource-drop]error" (func $drop_error (param i32)))
  (memory (export "memory") {pages} 1024)
  (global $next (mut i32) (i32.const {heap}))
  ;; The result of a write is stored at 0.
  (data (i32.const {no_more_at}) "{NO_MORE}")
{ALLOCATE}
  (func $free (global.set $next (i32.const {heap})))
{exports}
  ;; Writes the message unless the function has logged too many. `$logged` is the number of those of the same kind, including this one.
  (func $log (param $prefix i32) (param $prefix_bytes i32) (param $message i32) (param $bytes i32) (param $logged i32)
    (if (i32.gt_u (local.get $logged) (i32.const {log_messages})) (then
      (if (i32.eq (local.get $logged) (i32.const {one_more})) (then
        (call $write_line (local.get $prefix) (local.get $prefix_bytes) (i32.const {no_more_at}) (i32.const {no_more_bytes}))))
      (return)))
    (if (i32.gt_u (local.get $bytes) (i32.const {message_bytes})) (then
      (local.set $bytes (i32.const {message_bytes}))
      ;; Go back to the first byte of a character.
      (loop $inside
        (if (i32.eq (i32.and (i32.load8_u (i32.add (local.get $message) (local.get $bytes))) (i32.const 0xc0)) (i32.const 0x80))
          (then
            (local.set $bytes (i32.sub (local.get $bytes) (i32.const 1)))
            (br $inside))))))
    (call $write_line (local.get $prefix) (local.get $prefix_bytes) (local.get $message) (local.get $bytes)))
  (func $write_line (param $prefix i32) (param $prefix_bytes i32) (param $message i32) (param $bytes i32)
    (local $stream i32) (local $end i32)
    (memory.copy (i32.const {LINE}) (local.get $prefix) (local.get $prefix_bytes))
    (local.set $end (i32.add (i32.const {LINE}) (local.get $prefix_bytes)))
    (memory.copy (local.get $end) (local.get $message) (local.get $bytes))
    (local.set $end (i32.add (local.get $end) (local.get $bytes)))
    (i32.store8 (local.get $end) (i32.const 10))
    (local.set $stream (call $stderr))
    (call $write (local.get $stream) (i32.const {LINE}) (i32.sub (local.get $end) (i32.const {before_line})) (i32.const 0))
    ;; A failed write does not fail the function. Its error (1) may own a resource (case 0), which is dropped.
    (if (i32.and (i32.load8_u (i32.const 0)) (i32.eqz (i32.load8_u (i32.const 4)))) (then
      (call $drop_error (i32.load (i32.const 8)))))
    (call $close (local.get $stream))))"#,
        no_more_bytes = NO_MORE.len(),
        // The length of the line includes its end.
        before_line = LINE - 1,
        one_more = log_messages + 1,
    )
}

/// The log of one function, whose prefix is stored at `prefix_at`.
fn export(slot: usize, prefix: &str, prefix_at: usize) -> String {
    format!(
        r#"  (data (i32.const {prefix_at}) "{escaped}")
  (global $errors{slot} (mut i32) (i32.const 0))
  (global $others{slot} (mut i32) (i32.const 0))
  (func (export "{name}#log") (param $level i32) (param $message i32) (param $bytes i32)
    (local $logged i32)
    (call $free)
    ;; Messages of level debug are for the development of functions.
    (if (i32.eqz (local.get $level)) (then (return)))
    (if (i32.eq (local.get $level) (i32.const 3))
      (then (global.set $errors{slot} (local.tee $logged (i32.add (global.get $errors{slot}) (i32.const 1)))))
      (else (global.set $others{slot} (local.tee $logged (i32.add (global.get $others{slot}) (i32.const 1))))))
    (call $log
      (i32.const {prefix_at}) (i32.const {prefix_bytes}) (local.get $message) (local.get $bytes) (local.get $logged)))
"#,
        escaped = escaped(prefix),
        name = export_name(slot),
        prefix_bytes = prefix.len(),
    )
}

/// Allocates the memory for the arguments of one call, upwards from the global `$next`, which the module resets with each call.
const ALLOCATE: &str = r#"  (func (export "cabi_realloc") (param $old i32) (param $old_bytes i32) (param $align i32) (param $bytes i32) (result i32)
    (local $at i32) (local $end i32)
    ;; The aligned start and the end of the block; the end must not overflow.
    (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
    (local.set $end (i32.add (local.get $at) (local.get $bytes)))
    (if (i32.lt_u (local.get $end) (local.get $at)) (then unreachable))
    (if (i32.gt_u (local.get $end) (i32.shl (memory.size) (i32.const 16))) (then
      (if (i32.eq (i32.const -1) (memory.grow (i32.shr_u
          (i32.add (i32.sub (local.get $end) (i32.shl (memory.size) (i32.const 16))) (i32.const 65535)) (i32.const 16))))
        (then unreachable))))
    (memory.copy (local.get $at) (local.get $old) (local.get $old_bytes))
    (global.set $next (local.get $end))
    (local.get $at))"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_the_limits_of_functions_elsewhere() {
        let limits = OutputLimits { message_bytes: 1_234, log_messages: 56, ..OutputLimits::default() };
        let text = module(&[(0, "f@1.0.0")], &limits);
        assert!(text.contains("(if (i32.gt_u (local.get $bytes) (i32.const 1234))"), "{text}");
        assert!(text.contains("(if (i32.gt_u (local.get $logged) (i32.const 56))"), "{text}");
    }

    #[test]
    fn all_functions_share_one_memory() {
        let names: Vec<String> = (0..700).map(|number| format!("{}{number}@1.0.0", "f".repeat(100))).collect();
        let functions: Vec<(usize, &str)> = names.iter().map(String::as_str).enumerate().collect();
        for functions in [&functions[..1], &functions[7..9], &functions] {
            let log = component(functions).expect("the log is a valid component");
            let memories = wasmparser::Parser::new(0).parse_all(&log);
            let memories = memories.filter(|payload| matches!(payload, Ok(wasmparser::Payload::MemorySection(_))));
            assert_eq!(memories.count(), 1);
        }
    }
}
