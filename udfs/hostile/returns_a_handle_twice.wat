;; Returns the same handle whenever it is bound: after the first time, it belongs to the host.
;;@ part items
(global $handle (mut i32) (i32.const 0))
;;@ part bind
(if (i32.eqz (global.get $handle)) (then (global.set $handle (call $new_filter (i32.const 4000)))))
(call $ok_handle (global.get $handle))
