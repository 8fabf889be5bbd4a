;; Calls itself in its start function until the stack is used up.
;;@ part items
(func $deeper (result i32) (i32.add (call $deeper) (i32.const 1)))
(func $start (drop (call $deeper)))
(start $start)
