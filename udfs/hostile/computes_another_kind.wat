;; Declares floats and computes integers.
;;@ use floats
;;@ part compute
(call $ok_column (i32.const 1) (i32.const 2240) (local.get $len) (i32.const 8) (i32.const 0))
