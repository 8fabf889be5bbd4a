;; Declares ten thousand parameters without names.
;;@ part pages
10
;;@ part parameters
(call $list (i32.const 65536) (i32.const 10000))
