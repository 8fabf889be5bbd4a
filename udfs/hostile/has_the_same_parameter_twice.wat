;; Declares two parameters with the same name.
;;@ part items
(data (i32.const 2400) "\38\05\00\00\07\00\00\00\02\00\00\00")
(data (i32.const 2448) "\38\05\00\00\07\00\00\00\02\00\00\00")
;;@ part parameters
(call $list (i32.const 2400) (i32.const 2))
