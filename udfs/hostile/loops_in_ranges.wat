;; Never returns from `ranges`.
;;@ part ranges
(loop $for_ever (br $for_ever)) unreachable
