;; Never returns from `needs-score`.
;;@ use scorer
;;@ part needs_score
(loop $for_ever (br $for_ever)) unreachable
