;; Declares a hundred tables.
;;@ part items
;;@ repeat 99
(table 1 funcref)
;;@ end
