;; Exports interfaces without functions.
;;@ part whole
(component
  (instance $empty)
  (export "quidditch:udf/metadata@0.2.0" (instance $empty))
  (export "quidditch:udf/filter@0.2.0" (instance $empty)))
