;; Executes `unreachable`.
;;@ use filter scorer floats
;;@ part keep
unreachable
;;@ part score
unreachable
;;@ part compute
unreachable
