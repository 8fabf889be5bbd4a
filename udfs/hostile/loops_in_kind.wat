;; Never returns from `kind`.
;;@ use floats
;;@ part kind
(loop $for_ever (br $for_ever)) unreachable
