;; Logs a message of 60 MB.
;;@ part imports
(import "quidditch:udf/log@0.2.0" "log" (func $log (param i32 i32 i32)))
;;@ part pages
1000
;;@ part keep
(call $log (i32.const 3) (i32.const 65536) (i32.const 60000000)) unreachable
