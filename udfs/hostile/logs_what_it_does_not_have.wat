;; Logs a message that is not in its memory.
;;@ part imports
(import "quidditch:udf/log@0.2.0" "log" (func $log (param i32 i32 i32)))
;;@ part keep
(call $log (i32.const 3) (i32.const 60000) (i32.const 60000)) unreachable
