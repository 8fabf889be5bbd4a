//! The log of one function: writes what it logs to the app's standard error, which Spin keeps.
//!
//! It writes at once: should the function trap, that is the end of the app's instance, and what was logged just before is why.

use std::error::Error;

use crate::piece;

const WORLD: &str = "import wasi:cli/stderr@0.2.6;\nexport quidditch:udf/log@0.1.0;";

/// Bytes of a message; longer ones are cut. As everywhere else.
const MESSAGE_BYTES: usize = 2_000;

/// Messages of an instance of the app that are no errors; then no further ones are written. As many as elsewhere.
const MESSAGES: usize = 100;

/// The log of a function of this name.
pub(crate) fn component(function: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    piece::component(WORLD, &module(function))
}

fn module(function: &str) -> String {
    let prefix = format!("function {function}: ");
    let prefix_bytes = prefix.len();
    format!(
        r#"(module
  (import "wasi:cli/stderr@0.2.6" "get-stderr" (func $stderr (result i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
    (func $write (param $stream i32) (param $at i32) (param $bytes i32) (param $result i32)))
  (import "wasi:io/streams@0.2.6" "[resource-drop]output-stream" (func $close (param i32)))
  (memory (export "memory") 1 1024)
  (global $next (mut i32) (i32.const 4096))
  (global $written (mut i32) (i32.const 0))
  ;; A line: what it begins with, the message, a line end. The result of writing it stands at 0.
  (data (i32.const 16) "{prefix}")
{ALLOCATE}
  (func (export "quidditch:udf/log@0.1.0#log") (param $level i32) (param $message i32) (param $bytes i32)
    (global.set $next (i32.const 4096))
    ;; Debugging is for where functions are written. Of all but errors there are only so many.
    (if (i32.eqz (local.get $level)) (then (return)))
    (if (i32.lt_u (local.get $level) (i32.const 3)) (then
      (if (i32.ge_u (global.get $written) (i32.const {MESSAGES})) (then (return)))
      (global.set $written (i32.add (global.get $written) (i32.const 1)))))
    (if (i32.gt_u (local.get $bytes) (i32.const {MESSAGE_BYTES})) (then
      (local.set $bytes (i32.const {MESSAGE_BYTES}))
      ;; Back to where a character begins.
      (loop $inside
        (if (i32.eq (i32.and (i32.load8_u (i32.add (local.get $message) (local.get $bytes))) (i32.const 0xc0)) (i32.const 0x80))
          (then
            (local.set $bytes (i32.sub (local.get $bytes) (i32.const 1)))
            (br $inside))))))
    (memory.copy (i32.const {message_at}) (local.get $message) (local.get $bytes))
    (i32.store8 (i32.add (i32.const {message_at}) (local.get $bytes)) (i32.const 10))
    (call $write_line (i32.add (local.get $bytes) (i32.const {line_bytes}))))
  (func $write_line (param $bytes i32) (local $stream i32)
    (local.set $stream (call $stderr))
    ;; That a message is lost is no reason to fail.
    (call $write (local.get $stream) (i32.const 16) (local.get $bytes) (i32.const 0))
    (call $close (local.get $stream))))"#,
        ALLOCATE = piece::ALLOCATE,
        message_at = 16 + prefix_bytes,
        line_bytes = prefix_bytes + 1,
    )
}
