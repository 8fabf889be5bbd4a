;; Returns a list of 60 MB.
;;@ part pages
1000
;;@ part keep
(call $ok_list (i32.const 4096) (i32.const 60000000))
