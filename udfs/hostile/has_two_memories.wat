;; Declares a second memory, which is not counted with the first.
;;@ part items
(memory 1000)
