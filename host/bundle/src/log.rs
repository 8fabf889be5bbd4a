//! The log of one function: writes what it logs to the app's standard error, which Spin keeps.
//!
//! It writes at once: should the function trap, that is the end of the app's instance, and what was logged just before is why.

use std::error::Error;

use crate::piece::{self, escaped};

const WORLD: &str = "import wasi:cli/stderr@0.2.6;\nexport quidditch:udf/log@0.1.0;";

/// Bytes of a message; longer ones are cut. As everywhere else.
const MESSAGE_BYTES: usize = 2_000;

/// Errors, and other messages, of the function in one instance of the app; then one line says that no further ones are written.
/// As many as elsewhere, where errors do not count apart: here nobody but the log says why a function traps.
const MESSAGES: usize = 100;

/// Where a line is put together.
const LINE: usize = 16;

/// The log of a function of this name.
pub(crate) fn component(function: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    piece::component(WORLD, &module(function))
}

fn module(function: &str) -> String {
    let prefix = format!("function {function}: ");
    let no_more = "too many messages, further ones are dropped";
    // A line: what it begins with, the message, a line end. Behind the longest one stands the last one.
    let message_at = LINE + prefix.len();
    let no_more_at = message_at + MESSAGE_BYTES + 1;
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
  ;; The result of writing stands at 0.
  (data (i32.const {LINE}) "{escaped_prefix}")
  (data (i32.const {no_more_at}) "{no_more}")
{ALLOCATE}
  (func (export "quidditch:udf/log@0.1.0#log") (param $level i32) (param $message i32) (param $bytes i32)
    (local $logged i32)
    (global.set $next (i32.const {heap}))
    ;; Debugging is for where functions are written.
    (if (i32.eqz (local.get $level)) (then (return)))
    (if (i32.eq (local.get $level) (i32.const 3))
      (then (global.set $errors (local.tee $logged (i32.add (global.get $errors) (i32.const 1)))))
      (else (global.set $others (local.tee $logged (i32.add (global.get $others) (i32.const 1))))))
    (if (i32.gt_u (local.get $logged) (i32.const {MESSAGES})) (then
      (if (i32.eq (local.get $logged) (i32.const {one_more})) (then
        (call $write_line (i32.const {no_more_at}) (i32.const {no_more_bytes}))))
      (return)))
    (if (i32.gt_u (local.get $bytes) (i32.const {MESSAGE_BYTES})) (then
      (local.set $bytes (i32.const {MESSAGE_BYTES}))
      ;; Back to where a character begins.
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
    ;; That a message is lost is no reason to fail. An error, 1, may bring something, 0, to be given back.
    (if (i32.and (i32.load8_u (i32.const 0)) (i32.eqz (i32.load8_u (i32.const 4)))) (then
      (call $drop_error (i32.load (i32.const 8)))))
    (call $close (local.get $stream))))"#,
        escaped_prefix = escaped(&prefix),
        no_more_bytes = no_more.len(),
        line_bytes = prefix.len() + 1,
        one_more = MESSAGES + 1,
    )
}

/// Memory for what is handed over in one call: what is asked for next lies behind what was given last. The module has a global
/// `$next`, and sets it back with each call.
const ALLOCATE: &str = r#"  (func (export "cabi_realloc") (param $old i32) (param $old_bytes i32) (param $align i32) (param $bytes i32) (result i32)
    (local $at i32) (local $end i32)
    ;; Aligned; and the end, which must not go round the address space.
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
