;; Grows its memory until that is denied.
;;@ part keep
(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable
