;; Computes booleans that are neither 0 nor 1.
;;@ use booleans
;;@ part items
(data (i32.const 2240) "\07\07\07\07\07\07\07\07")
;;@ part kind
(i32.const 0)
;;@ part compute
(call $ok_column (i32.const 0) (i32.const 2240) (local.get $len) (i32.const 8) (i32.const 0))
