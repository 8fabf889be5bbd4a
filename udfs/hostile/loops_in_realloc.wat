;; Never returns from `cabi_realloc`, with which the host allocates memory for arguments and batches.
;;@ part allocate
(loop $for_ever (br $for_ever))
