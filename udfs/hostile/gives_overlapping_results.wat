;; Returns lists that overlap each other and the place of the result. That is allowed: the host copies
;; them one after another.
;;@ use floats
;;@ part items
(data (i32.const 2240) "\00\00\00\00\01\00\00\00\02\00\00\00\03\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
;;@ part compute
(call $ok_column (i32.const 2) (i32.const 2240) (local.get $len) (i32.const 2240) (i32.const 4))
