;; Reads outside of its memory.
;;@ part keep
(i32.load (i32.const -4))
