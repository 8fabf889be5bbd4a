;; Returns its result at an address that is not a multiple of four.
;;@ part keep
(i32.const 18)
