;; Never returns from `max-score`.
;;@ use scorer
;;@ part max_score
(loop $for_ever (br $for_ever)) unreachable
