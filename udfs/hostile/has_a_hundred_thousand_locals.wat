;; Has a function with 100,000 local variables.
;;@ part items
(func
;;@ repeat 100000
(local i64)
;;@ end
)
