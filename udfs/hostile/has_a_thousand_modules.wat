;; Consists of a thousand core modules with a memory each.
;;@ part whole
(component
;;@ repeat 1000
  (core module $m{i} (memory 1000))
  (core instance (instantiate $m{i}))
;;@ end
  (instance $empty)
  (export "quidditch:udf/metadata@0.2.0" (instance $empty))
  (export "quidditch:udf/filter@0.2.0" (instance $empty)))
