;; Drops the same handle twice.
;;@ part imports
(import "[export]quidditch:udf/filter@0.2.0" "[resource-drop]bound-filter" (func $drop_filter (param i32)))
;;@ part items
(global $handle (mut i32) (i32.const 0))
;;@ part bind
(global.set $handle (call $new_filter (i32.const 1)))
(call $drop_filter (global.get $handle))
(call $drop_filter (global.get $handle))
unreachable
