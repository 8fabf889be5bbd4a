;; Never returns from `memory-mib`.
;;@ part memory_mib
(loop $for_ever (br $for_ever)) unreachable
