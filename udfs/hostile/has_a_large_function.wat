;; Has one function that reads 20,000 numbers, keeps all of them, and then decides 20,000 times.
;;@ part items
(func (export "large") (result i32)
(i32.const 0)
;;@ repeat 20000
(i32.load (i32.const {i}))
;;@ end
;;@ repeat 20000
(if (result i32) (i32.eqz) (then (i32.const 1)) (else (i32.const 2))) i32.add
;;@ end
)
