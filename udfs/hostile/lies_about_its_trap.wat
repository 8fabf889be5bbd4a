;; Logs a message as the reason of a trap: 500 KB of it.
;;@ part imports
(import "quidditch:udf/log@0.2.0" "log" (func $log (param i32 i32 i32)))
;;@ part pages
20
;;@ part keep
(memory.fill (i32.const 65536) (i32.const 98) (i32.const 500000))
(call $log (i32.const 3) (i32.const 65536) (i32.const 500000))
unreachable
