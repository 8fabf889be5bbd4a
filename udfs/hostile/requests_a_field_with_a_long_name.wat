;; Requests a column of a field whose name has 500,000 bytes.
;;@ part pages
20
;;@ part columns
(i32.store (i32.const 2400) (i32.const 65536))
(i32.store (i32.const 2404) (i32.const 500000))
(call $list (i32.const 2400) (i32.const 1))
