;; Returns a handle that it has never created.
;;@ part bind
(call $ok_handle (i32.const 77))
