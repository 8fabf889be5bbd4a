;; Declares a table of ten million elements.
;;@ part items
(table 10000000 funcref)
