;; Computes values with starts for fewer documents than there are.
;;@ use floats
;;@ part compute
(call $ok_column (i32.const 2) (i32.const 4096) (local.get $len) (i32.const 4096) (i32.const 2))
