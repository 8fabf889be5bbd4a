;; Counts its calls in a global variable, and answers by that number.
;;@ part items
(global $calls (mut i32) (i32.const 0))
;;@ part keep
(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
(memory.fill (i32.const 4096) (i32.and (global.get $calls) (i32.const 1)) (local.get $len))
(call $ok_list (i32.const 4096) (local.get $len))
