;; Logs messages of 1 MB in code without a loop.
;;@ part imports
(import "quidditch:udf/log@0.2.0" "log" (func $log (param i32 i32 i32)))
;;@ part pages
20
;;@ part keep
;;@ repeat 60000
(call $log (i32.const 3) (i32.const 65536) (i32.const 1000000))
;;@ end
unreachable
