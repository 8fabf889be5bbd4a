;; Computes texts that are not UTF-8.
;;@ use texts
;;@ part items
(data (i32.const 2240) "\00\00\00\00\00\00\00\00\00\00\00\00")
(data (i32.const 2280) "\02\00\00\00")
(data (i32.const 2320) "\ff\fe")
;;@ part kind
(i32.const 3)
;;@ part compute
;; The codes are the first list of the dictionary; the ends and the bytes follow.
(i32.store (i32.const 32) (i32.const 2280))
(i32.store (i32.const 36) (i32.const 1))
(i32.store (i32.const 40) (i32.const 2320))
(i32.store (i32.const 44) (i32.const 2))
(call $ok_column (i32.const 3) (i32.const 2240) (local.get $len) (i32.const 8) (i32.const 0))
