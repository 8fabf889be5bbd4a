;; Never returns from `columns`.
;;@ use filter scorer floats
;;@ part columns
(loop $for_ever (br $for_ever)) unreachable
