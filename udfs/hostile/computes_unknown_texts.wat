;; Computes texts that its dictionary does not have.
;;@ use texts
;;@ part items
(data (i32.const 2240) "\00\00\00\00\01\00\00\00\ff\ff\ff\7f")
(data (i32.const 2280) "\01\00\00\00\02\00\00\00")
(data (i32.const 2320) "ab")
;;@ part kind
(i32.const 3)
;;@ part compute
;; The codes are the first list of the dictionary; the ends and the bytes follow.
(i32.store (i32.const 32) (i32.const 2280))
(i32.store (i32.const 36) (i32.const 2))
(i32.store (i32.const 40) (i32.const 2320))
(i32.store (i32.const 44) (i32.const 2))
(call $ok_column (i32.const 3) (i32.const 2240) (local.get $len) (i32.const 8) (i32.const 0))
