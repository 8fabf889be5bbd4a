;; Announces a negative maximum score.
;;@ use scorer
;;@ part max_score
(f32.const -1)
