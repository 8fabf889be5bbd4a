;; Computes values whose starts are beyond the last value.
;;@ use floats
;;@ part items
(data (i32.const 2240) "\00\00\00\00\01\00\00\00\02\00\00\00\ff\ff\ff\ff")
;;@ part compute
(call $ok_column (i32.const 2) (i32.const 4096) (local.get $len) (i32.const 2240) (i32.add (local.get $len) (i32.const 1)))
