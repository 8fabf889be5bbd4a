;; Grows its memory in its start function until that is denied.
;;@ part items
(func $start
  (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable)
(start $start)
