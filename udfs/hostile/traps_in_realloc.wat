;; Traps when the host allocates memory for the arguments.
;;@ part allocate
unreachable
