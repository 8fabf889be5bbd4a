;; Requests a column of a field that the index does not have.
;;@ part items
(data (i32.const 2000) "passwords")
;;@ part columns
(i32.store (i32.const 2400) (i32.const 2000))
(i32.store (i32.const 2404) (i32.const 9))
(i32.store8 (i32.const 2408) (i32.const 2))
(call $list (i32.const 2400) (i32.const 1))
