;; Returns an address outside of its memory.
;;@ part keep
(i32.const -4)
