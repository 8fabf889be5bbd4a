;; Fills its memory ten thousand times in code without a loop, so that it computes for minutes without
;; a jump back.
;;@ part pages
1000
;;@ part keep
;;@ repeat 10000
(memory.fill (i32.const 0) (i32.const {i}) (i32.const 65536000))
;;@ end
unreachable
