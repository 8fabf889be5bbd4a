;; Executes `unreachable` in `summary`.
;;@ part summary
unreachable
