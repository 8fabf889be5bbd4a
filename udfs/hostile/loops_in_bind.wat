;; Never returns from `bind`.
;;@ use filter scorer floats
;;@ part bind
(loop $for_ever (br $for_ever)) unreachable
;;@ part bind_scorer
(loop $for_ever (br $for_ever)) unreachable
;;@ part bind_values
(loop $for_ever (br $for_ever)) unreachable
