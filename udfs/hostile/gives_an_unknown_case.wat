;; Returns a result that is neither a success nor an error.
;;@ part keep
(i32.store (i32.const 16) (i32.const 7)) (i32.const 16)
