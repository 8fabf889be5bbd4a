;; Instantiates a core module a hundred times.
;;@ part whole
(component
  (core module $m)
;;@ repeat 100
  (core instance (instantiate $m))
;;@ end
  (instance $empty)
  (export "quidditch:udf/metadata@0.2.0" (instance $empty))
  (export "quidditch:udf/filter@0.2.0" (instance $empty)))
