;; Returns the error `failed` for a batch, which every function may do.
;;@ part items
(data (i32.const 2000) "no more patience")
;;@ part keep
(call $error (i32.const 1) (i32.const 2000) (i32.const 16))
