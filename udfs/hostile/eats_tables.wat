;; Grows a table until that is denied.
;;@ part items
(table $t 1 funcref)
;;@ part keep
(loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1)))) unreachable
