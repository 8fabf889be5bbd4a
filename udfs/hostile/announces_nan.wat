;; Announces NaN as its maximum score.
;;@ use scorer
;;@ part max_score
(f32.const nan)
