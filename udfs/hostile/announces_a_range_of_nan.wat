;; Announces a range that begins with NaN.
;;@ part items
(data (i32.const 2408) "\00\00\00\00\00\00\f8\7f")
;;@ part ranges
(call $list (i32.const 2400) (i32.const 1))
