;; Exports functions that do not have the types of the contract.
;;@ part whole
(component
  (core module $m
    (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $metadata
    (export "summary" (func $f)) (export "parameters" (func $f)) (export "memory-mib" (func $f)))
  (instance $filter
    (export "ranges" (func $f)))
  (export "quidditch:udf/metadata@0.2.0" (instance $metadata))
  (export "quidditch:udf/filter@0.2.0" (instance $filter)))
