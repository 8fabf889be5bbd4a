;; Announces ten thousand ranges.
;;@ part pages
5
;;@ part ranges
(call $list (i32.const 4096) (i32.const 10000))
