;; Nests 50,000 blocks in each other.
;;@ part items
(func (export "deep")
;;@ repeat 50000
block
;;@ end
;;@ repeat 50000
end
;;@ end
)
