;; Calls itself with two thousand values on the stack of each call, so that one call may jump over the
;; guard page.
;;@ part items
(func $deeper (param i64) (result i64)
  (call $deeper (i64.add (local.get 0) (i64.const 1)))
;;@ repeat 2000
  (i64.add (i64.load (i32.const {i})) (local.get 0))
;;@ end
;;@ repeat 2000
  i64.xor
;;@ end
)
;;@ part keep
(i32.wrap_i64 (call $deeper (i64.const 1)))
