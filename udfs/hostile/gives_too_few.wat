;; Returns one result less than there are documents.
;;@ use filter scorer
;;@ part keep
(call $ok_list (i32.const 4096) (i32.sub (local.get $len) (i32.const 1)))
;;@ part score
(call $ok_list (i32.const 4096) (i32.sub (local.get $len) (i32.const 1)))
