;; Never returns from `parameters`.
;;@ part parameters
(loop $for_ever (br $for_ever)) unreachable
