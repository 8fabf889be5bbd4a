;; Returns one result more than there are documents.
;;@ use filter scorer
;;@ part keep
(call $ok_list (i32.const 4096) (i32.add (local.get $len) (i32.const 1)))
;;@ part score
(call $ok_list (i32.const 4096) (i32.add (local.get $len) (i32.const 1)))
