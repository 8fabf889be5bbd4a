;; Declares values of a kind that the contract does not have.
;;@ use floats
;;@ part kind
(i32.const 9)
