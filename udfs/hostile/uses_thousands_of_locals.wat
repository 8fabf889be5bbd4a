;; Has a function with 5,000 local variables, all of which are changed in each iteration of a loop.
;;@ part items
(func (export "many")
;;@ repeat 5000
(local i64)
;;@ end
(loop $again
;;@ repeat 5000
(local.set {i} (i64.add (local.get {i}) (i64.load (i32.const 0))))
;;@ end
(br_if $again (i64.eqz (local.get 7)))))
