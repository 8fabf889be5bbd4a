//! The log of one function: writes its messages to the app's standard error, which Spin stores.
//!
//! Messages are not buffered: a trap of the function ends the app's instance, and the last message explains the trap.
//!
//! The limits are those of [`OutputLimits`]. Errors are counted separately from other messages, because in an app only the log tells
//! why a function trapped.

use quidditch_function::{LOG_INTERFACE, OutputLimits};

use crate::error::BoxError;
use crate::wat_component::{self, escaped};

/// Address of the buffer in which a line is assembled.
const LINE: usize = 16;

/// The log of the function of this name.
pub(crate) fn component(function: &str) -> Result<Vec<u8>, BoxError> {
    let world = format!("import wasi:cli/stderr@0.2.6;\nexport {LOG_INTERFACE};");
    wat_component::component(&world, &module(function, &OutputLimits::default()))
}

fn module(function: &str, limits: &OutputLimits) -> String {
    let OutputLimits { message_bytes, log_messages, .. } = *limits;
    let prefix = format!("function {function}: ");
    let no_more = "too many messages; further ones are dropped";
    // A line is the prefix, the message and a line end. The last message is stored after the buffer for the longest line.
    let message_at = LINE + prefix.len();
    let no_more_at = message_at + message_bytes + 1;
    let heap = (no_more_at + no_more.len()).next_multiple_of(16);
    format!(
        r#"(module
  (import "wasi:cli/stderr@0.2.6" "get-stderr" (func $stderr (result i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
    (func $write (param $stream i32) (param $at i32) (param $bytes i32) (param $result i32)))
  (import "wasi:io/streams@0.2.6" "[resource-drop]output-stream" (func $close (param i32)))
  (import "wasi:io/error@0.2.6" "[resource-drop]error" (func $drop_error (param i32)))
  (memory (export "memory") 1 1024)
  (global $next (mut i32) (i32.const {heap}))
  (global $errors (mut i32) (i32.const 0))
  (global $others (mut i32) (i32.const 0))
  ;; The result of a write is stored at 0.
  (data (i32.const {LINE}) "{escaped_prefix}")
  (data (i32.const {no_more_at}) "{no_more}")
{ALLOCATE}
  (func (export "{LOG_INTERFACE}#log") (param $level i32) (param $message i32) (param $bytes i32)
    (local $logged i32)
    (global.set $next (i32.const {heap}))
    ;; Messages of level debug are for the development of functions.
    (if (i32.eqz (local.get $level)) (then (return)))
    (if (i32.eq (local.get $level) (i32.const 3))
      (then (global.set $errors (local.tee $logged (i32.add (global.get $errors) (i32.const 1)))))
      (else (global.set $others (local.tee $logged (i32.add (global.get $others) (i32.const 1))))))
    (if (i32.gt_u (local.get $logged) (i32.const {log_messages})) (then
      (if (i32.eq (local.get $logged) (i32.const {one_more})) (then
        (call $write_line (i32.const {no_more_at}) (i32.const {no_more_bytes}))))
      (return)))
    (if (i32.gt_u (local.get $bytes) (i32.const {message_bytes})) (then
      (local.set $bytes (i32.const {message_bytes}))
      ;; Go back to the first byte of a character.
      (loop $inside
        (if (i32.eq (i32.and (i32.load8_u (i32.add (local.get $message) (local.get $bytes))) (i32.const 0xc0)) (i32.const 0x80))
          (then
            (local.set $bytes (i32.sub (local.get $bytes) (i32.const 1)))
            (br $inside))))))
    (call $write_line (local.get $message) (local.get $bytes)))
  (func $write_line (param $message i32) (param $bytes i32) (local $stream i32)
    (memory.copy (i32.const {message_at}) (local.get $message) (local.get $bytes))
    (i32.store8 (i32.add (i32.const {message_at}) (local.get $bytes)) (i32.const 10))
    (local.set $stream (call $stderr))
    (call $write (local.get $stream) (i32.const {LINE}) (i32.add (local.get $bytes) (i32.const {line_bytes})) (i32.const 0))
    ;; A failed write does not fail the function. Its error (1) may own a resource (case 0), which is dropped.
    (if (i32.and (i32.load8_u (i32.const 0)) (i32.eqz (i32.load8_u (i32.const 4)))) (then
      (call $drop_error (i32.load (i32.const 8)))))
    (call $close (local.get $stream))))"#,
        escaped_prefix = escaped(&prefix),
        no_more_bytes = no_more.len(),
        line_bytes = prefix.len() + 1,
        one_more = log_messages + 1,
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
        let text = module("f@1.0.0", &limits);
        assert!(text.contains("(if (i32.gt_u (local.get $bytes) (i32.const 1234))"), "{text}");
        assert!(text.contains("(if (i32.gt_u (local.get $logged) (i32.const 56))"), "{text}");
        component("f@1.0.0").expect("the log is a valid component");
    }
}
