;; Announces a range of a column that it has not requested.
;;@ part items
(data (i32.const 2400) "\07\00\00\00")
;;@ part ranges
(call $list (i32.const 2400) (i32.const 1))
