;; Executes `unreachable` when it is bound.
;;@ use filter scorer floats
;;@ part bind
unreachable
;;@ part bind_scorer
unreachable
;;@ part bind_values
unreachable
