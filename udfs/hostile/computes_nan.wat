;; Computes NaN.
;;@ use floats
;;@ part items
(data (i32.const 2240) "\00\00\00\00\00\00\f8\7f")
;;@ part compute
(call $ok_column (i32.const 2) (i32.const 2240) (local.get $len) (i32.const 8) (i32.const 0))
