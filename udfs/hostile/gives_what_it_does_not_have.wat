;; Returns a list that does not end in its memory.
;;@ use filter scorer
;;@ part keep
(call $ok_list (i32.const 4096) (i32.const 0x7fffffff))
;;@ part score
(call $ok_list (i32.const 4096) (i32.const 0x7fffffff))
