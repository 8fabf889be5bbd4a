;; Returns a summary of 60 MB.
;;@ part pages
1000
;;@ part summary
(call $list (i32.const 65536) (i32.const 60000000))
