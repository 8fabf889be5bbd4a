;; Keeps the arguments of the clause that was bound last, and uses them for all.
;;@ part keep
(local.set $self (global.get $last))
{{default}}
