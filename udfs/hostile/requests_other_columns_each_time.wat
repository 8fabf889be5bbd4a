;; Requests one column when it is called first, and none later.
;;@ part items
(global $asked (mut i32) (i32.const 0))
;;@ part columns
(global.set $asked (i32.add (global.get $asked) (i32.const 1)))
(call $list (i32.const 1024) (i32.eq (global.get $asked) (i32.const 1)))
