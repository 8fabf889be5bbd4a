;; Imports a function of the log that the contract does not have.
;;@ part whole
(component
  (import "quidditch:udf/log@0.2.0" (instance (export "read" (func (result string)))))
  (instance $empty)
  (export "quidditch:udf/metadata@0.2.0" (instance $empty))
  (export "quidditch:udf/filter@0.2.0" (instance $empty)))
