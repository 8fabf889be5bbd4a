;; Nests 2,000 loops in each other, each of which can continue every other.
;;@ part items
(func (export "deep") (param i32)
;;@ repeat 2000
loop local.get 0 i32.const {i} i32.add local.tee 0 br_if {i}
;;@ end
;;@ repeat 2000
end
;;@ end
)
