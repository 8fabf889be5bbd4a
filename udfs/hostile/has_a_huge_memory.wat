;; Declares a memory of 4 GiB.
;;@ part pages
65536
