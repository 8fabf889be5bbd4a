;; Returns an error message of 500 KB.
;;@ part pages
20
;;@ part keep
(memory.fill (i32.const 65536) (i32.const 97) (i32.const 500000))
(call $error (i32.const 1) (i32.const 65536) (i32.const 500000))
