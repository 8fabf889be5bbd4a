;; Requests ten thousand columns.
;;@ part pages
3
;;@ part columns
(call $list (i32.const 65536) (i32.const 10000))
