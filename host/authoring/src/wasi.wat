;; Stands in for WASI, which the runtimes of Go and C import.
;;
;; A function has no clock, no files, no network, no randomness and no arguments. What a runtime needs to start is
;; answered here, always in the same way; everything else fails. What is written to standard error and standard output
;; becomes lines of the log.
;;
;; An adapter has no memory of its own: it uses the module's. It keeps the unfinished line at 64 .. 1024, which
;; toolchains leave alone to catch null pointers, or which is the last kibibyte of a stack that grows towards 0.
(module
  (import "quidditch:udf/log@0.2.0" "log" (func $log (param $level i32) (param $text i32) (param $len i32)))
  (import "env" "memory" (memory 0))

  ;; ---- Clock and randomness -----------------------------------------------------------------------------------------

  ;; Nanoseconds. Runtimes fail if time stands still, so it advances by a microsecond with each call.
  (global $now (mut i64) (i64.const 0))

  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $time i32) (result i32)
    (global.set $now (i64.add (global.get $now) (i64.const 1000)))
    (i64.store (local.get $time) (global.get $now))
    (i32.const 0))

  (func (export "clock_res_get") (param $clock i32) (param $resolution i32) (result i32)
    (i64.store (local.get $resolution) (i64.const 1000))
    (i32.const 0))

  ;; To wait for a time is to set the clock. There is nothing else to wait for. Of several subscriptions, the first
  ;; one is answered.
  (func (export "poll_oneoff")
    (param $subscription i32) (param $event i32) (param $subscriptions i32) (param $events i32) (result i32)
    ;; the tag: 0 is a clock
    (if (i32.load8_u offset=8 (local.get $subscription)) (then (return (i32.const 52))))
    ;; bit 0 of the flags: whether the time is absolute
    (if (i32.and (i32.load16_u offset=40 (local.get $subscription)) (i32.const 1))
      (then
        (if (i64.gt_u (i64.load offset=24 (local.get $subscription)) (global.get $now))
          (then (global.set $now (i64.load offset=24 (local.get $subscription))))))
      (else (global.set $now (i64.add (global.get $now) (i64.load offset=24 (local.get $subscription))))))
    (i64.store (local.get $event) (i64.load (local.get $subscription))) ;; the user's data
    (i64.store offset=8 (local.get $event) (i64.const 0)) ;; no error; a clock
    (i64.store offset=16 (local.get $event) (i64.const 0))
    (i64.store offset=24 (local.get $event) (i64.const 0))
    (i32.store (local.get $events) (i32.const 1))
    (i32.const 0))

  (func (export "sched_yield") (result i32) (i32.const 0))

  ;; A fixed sequence: a linear congruential generator with the multiplier and increment of MMIX.
  (global $random (mut i64) (i64.const 42))

  (func (export "random_get") (param $bytes i32) (param $len i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $bytes) (local.get $len)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $bytes) (local.get $end)))
        (global.set $random
          (i64.add
            (i64.mul (global.get $random) (i64.const 6364136223846793005))
            (i64.const 1442695040888963407)))
        (i64.store8 (local.get $bytes) (i64.shr_u (global.get $random) (i64.const 56)))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  ;; ---- Arguments and environment: there are none --------------------------------------------------------------------

  (func (export "args_sizes_get") (export "environ_sizes_get") (param $count i32) (param $bytes i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $bytes) (i32.const 0))
    (i32.const 0))

  (func (export "args_get") (export "environ_get") (param i32 i32) (result i32) (i32.const 0))

  ;; ---- Standard output and standard error ---------------------------------------------------------------------------

  ;; The number of bytes of the unfinished line, and its level: 3 (error) for standard error, 1 (info) for standard
  ;; output.
  (global $len (mut i32) (i32.const 0))
  (global $level (mut i32) (i32.const 1))
  ;; The level of standard error.
  (global $error (mut i32) (i32.const 3))

  ;; Writes are pieces of lines: Go's runtime writes each operand of a message for itself, and the C library what fits
  ;; in its buffer.
  (func (export "fd_write") (param $fd i32) (param $pieces i32) (param $count i32) (param $written i32) (result i32)
    (local $level i32) (local $end i32) (local $byte i32) (local $byte_end i32) (local $total i32)
    (if (i32.eq (local.get $fd) (i32.const 2))
      (then (local.set $level (global.get $error)))
      (else
        (if (i32.ne (local.get $fd) (i32.const 1)) (then (return (i32.const 8))))
        (local.set $level (i32.const 1))))
    (if (i32.ne (local.get $level) (global.get $level))
      (then
        (call $end_line)
        (global.set $level (local.get $level))))
    (local.set $end (i32.add (local.get $pieces) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next_piece
        (br_if $done (i32.eq (local.get $pieces) (local.get $end)))
        (local.set $byte (i32.load (local.get $pieces)))
        (local.set $byte_end (i32.add (local.get $byte) (i32.load offset=4 (local.get $pieces))))
        (local.set $total (i32.add (local.get $total) (i32.load offset=4 (local.get $pieces))))
        (block $piece_done
          (loop $next_byte
            (br_if $piece_done (i32.eq (local.get $byte) (local.get $byte_end)))
            (call $add_to_line (i32.load8_u (local.get $byte)))
            (local.set $byte (i32.add (local.get $byte) (i32.const 1)))
            (br $next_byte)))
        (local.set $pieces (i32.add (local.get $pieces) (i32.const 8)))
        (br $next_piece)))
    (i32.store (local.get $written) (local.get $total))
    (i32.const 0))

  (func $add_to_line (param $byte i32)
    (if (i32.eq (local.get $byte) (i32.const 10)) ;; a line feed
      (then
        (call $end_line)
        (return)))
    (i32.store8 offset=64 (global.get $len) (local.get $byte))
    (global.set $len (i32.add (global.get $len) (i32.const 1)))
    (if (i32.eq (global.get $len) (i32.const 956)) (then (call $end_line))))

  ;; Logs the line unless it is empty.
  (func $end_line
    (if (i32.eqz (global.get $len)) (then (return)))
    (call $replace_what_is_not_utf8)
    (call $log (global.get $level) (i32.const 64) (global.get $len))
    ;; After the reason, Go writes where all its goroutines are. The host keeps the last error as the reason of a
    ;; trap, so these lines are no errors.
    (if (i32.or
          (i64.eq (i64.load (i32.const 64)) (i64.const 0x7265206c61746166)) ;; "fatal er"
          (i64.eq (i64.shl (i64.load (i32.const 64)) (i64.const 8)) (i64.const 0x203a63696e617000))) ;; "panic: "
      (then
        (global.set $error (i32.const 1))
        (global.set $level (i32.const 1))))
    (global.set $len (i32.const 0)))

  ;; Replaces bytes of the line that are no UTF-8 by question marks: the host would not accept them.
  (func $replace_what_is_not_utf8
    (local $at i32) (local $end i32) (local $len i32)
    (local.set $at (i32.const 64))
    (local.set $end (i32.add (i32.const 64) (global.get $len)))
    ;; No character reaches beyond the line.
    (i32.store (local.get $end) (i32.const 0))
    (loop $next
      (local.set $len (call $character (local.get $at)))
      (if (i32.eqz (local.get $len))
        (then
          (i32.store8 (local.get $at) (i32.const 63))
          (local.set $len (i32.const 1))))
      (local.set $at (i32.add (local.get $at) (local.get $len)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Returns the length of the UTF-8 character at this address, or 0 if there is none.
  (func $character (param $at i32) (result i32)
    (local $first i32) (local $len i32) (local $index i32) (local $byte i32) (local $code i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $first) (i32.const 0x80)) (then (return (i32.const 1))))
    (if (i32.lt_u (local.get $first) (i32.const 0xc2)) (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $first) (i32.const 0xf4)) (then (return (i32.const 0))))
    (local.set $len
      (i32.add
        (i32.const 2)
        (i32.add
          (i32.ge_u (local.get $first) (i32.const 0xe0))
          (i32.ge_u (local.get $first) (i32.const 0xf0)))))
    (local.set $code (i32.and (local.get $first) (i32.shr_u (i32.const 0x7f) (local.get $len))))
    (loop $next
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (local.set $byte (i32.load8_u (i32.add (local.get $at) (local.get $index))))
      (if (i32.ne (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80)) (then (return (i32.const 0))))
      (local.set $code
        (i32.or (i32.shl (local.get $code) (i32.const 6)) (i32.and (local.get $byte) (i32.const 0x3f))))
      (br_if $next (i32.lt_u (i32.add (local.get $index) (i32.const 1)) (local.get $len))))
    ;; too long a form, a surrogate, or beyond the last character
    (if (i32.and
          (i32.eq (local.get $len) (i32.const 3))
          (i32.or
            (i32.lt_u (local.get $code) (i32.const 0x800))
            (i32.eq (i32.and (local.get $code) (i32.const 0xf800)) (i32.const 0xd800))))
      (then (return (i32.const 0))))
    (if (i32.and
          (i32.eq (local.get $len) (i32.const 4))
          (i32.ge_u (i32.sub (local.get $code) (i32.const 0x10000)) (i32.const 0x100000)))
      (then (return (i32.const 0))))
    (local.get $len))

  (func (export "proc_exit") (param $code i32)
    (call $end_line)
    (unreachable))

  (func (export "proc_raise") (param $signal i32) (result i32)
    (call $end_line)
    (unreachable))

  ;; The three standard streams are terminals, which makes the C library write each line when it is complete.
  (func (export "fd_fdstat_get") (param $fd i32) (param $status i32) (result i32)
    (if (i32.gt_u (local.get $fd) (i32.const 2)) (then (return (i32.const 8))))
    (i64.store (local.get $status) (i64.const 2)) ;; a character device; no flags
    (i64.store offset=8 (local.get $status) (i64.const 64)) ;; the right to write
    (i64.store offset=16 (local.get $status) (i64.const 0))
    (i32.const 0))

  ;; Standard input is at its end.
  (func (export "fd_read") (param $fd i32) (param $pieces i32) (param $count i32) (param $read i32) (result i32)
    (if (local.get $fd) (then (return (i32.const 8))))
    (i32.store (local.get $read) (i32.const 0))
    (i32.const 0))

  (func (export "fd_close") (param $fd i32) (result i32) (i32.const 0))

  ;; ---- Files and network: there are none ----------------------------------------------------------------------------

  ;; 8: no such file descriptor. Runtimes look for open folders until they get this.
  (func (export "fd_prestat_get") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32) (i32.const 8))

  ;; 70: not possible with streams
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 70))
  (func (export "fd_tell") (param i32 i32) (result i32) (i32.const 70))

  ;; 52: not supported
  (func (export "fd_datasync") (export "fd_sync") (param i32) (result i32) (i32.const 52))
  (func
    (export "fd_fdstat_set_flags") (export "fd_filestat_get") (export "fd_renumber") (export "sock_shutdown")
    (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 52))
  (func (export "fd_allocate") (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) (i32.const 52))
  (func (export "fd_advise") (param i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_pread") (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func
    (export "path_create_directory") (export "path_remove_directory") (export "path_unlink_file") (export "sock_accept")
    (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_filestat_get") (export "path_symlink") (export "sock_send") (param i32 i32 i32 i32 i32) (result i32)
    (i32.const 52))
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_readlink") (export "path_rename") (export "sock_recv") (param i32 i32 i32 i32 i32 i32) (result i32)
    (i32.const 52))
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 52))
)
