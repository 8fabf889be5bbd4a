;; Never returns from its start function.
;;@ part items
(start $endless) (func $endless (loop $for_ever (br $for_ever)))
