;; Returns a summary that is not UTF-8.
;;@ part items
(data (i32.const 2000) "\ff\fe")
;;@ part summary
(call $list (i32.const 2000) (i32.const 2))
