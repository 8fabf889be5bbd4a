;; Returns the error `invalid-argument` when it is bound, which every function may do.
;;@ part items
(data (i32.const 2000) "parameter [minimum] must be a round number")
;;@ part bind
(call $error (i32.const 0) (i32.const 2000) (i32.const 42))
