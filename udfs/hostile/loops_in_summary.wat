;; Never returns from `summary`.
;;@ part summary
(loop $for_ever (br $for_ever)) unreachable
