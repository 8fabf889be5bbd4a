;; Asks for 4 GiB of memory in its metadata.
;;@ part memory_mib
(i32.const 4096)
