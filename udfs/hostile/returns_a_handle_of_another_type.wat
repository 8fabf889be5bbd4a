;; Returns a scorer when a filter is bound.
;;@ part bind
(call $ok_handle (call $new_scorer (i32.const 1)))
