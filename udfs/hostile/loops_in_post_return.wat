;; Never returns from `cabi_post_...`, which the host calls after it has read a result.
;;@ part free
(loop $for_ever (br $for_ever))
