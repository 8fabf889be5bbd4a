;; Executes `unreachable` in `cabi_post_...`.
;;@ part free
unreachable
