;; Executes `unreachable` in its start function.
;;@ part items
(start $start) (func $start unreachable)
