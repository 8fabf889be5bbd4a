;; Logs a message forever.
;;@ part imports
(import "quidditch:udf/log@0.2.0" "log" (func $log (param i32 i32 i32)))
;;@ part keep
(loop $for_ever
  (call $log (i32.const 3) (i32.const 1200) (i32.const 18))
  (br $for_ever))
unreachable
