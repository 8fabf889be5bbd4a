;; Returns an error message that is not UTF-8.
;;@ part items
(data (i32.const 2000) "\ff\fe")
;;@ part keep
(call $error (i32.const 1) (i32.const 2000) (i32.const 2))
