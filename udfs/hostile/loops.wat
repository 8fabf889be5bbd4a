;; Never returns from `keep`, `score` and `compute`.
;;@ use filter scorer floats
;;@ part keep
(loop $for_ever (br $for_ever)) unreachable
;;@ part score
(loop $for_ever (br $for_ever)) unreachable
;;@ part compute
(loop $for_ever (br $for_ever)) unreachable
