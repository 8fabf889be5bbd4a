;; Creates a thousand handles whenever it is bound, and returns only the last one.
;;@ part bind
;;@ repeat 1000
(drop (call $new_filter (i32.const 1)))
;;@ end
(call $ok_handle (call $new_filter (i32.const 4000)))
