;; Returns an error message of 60 MB.
;;@ part pages
1000
;;@ part keep
(call $error (i32.const 1) (i32.const 65536) (i32.const 60000000))
