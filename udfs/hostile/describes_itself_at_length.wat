;; Returns a summary of 5,000 bytes.
;;@ part pages
2
;;@ part summary
(call $list (i32.const 65536) (i32.const 5000))
