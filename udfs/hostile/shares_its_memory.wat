;; Declares a memory that threads share.
;;@ part items
(memory 1 1000 shared)
