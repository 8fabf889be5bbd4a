;; Declares 50,000 types of functions.
;;@ part whole
(component
  (core module
;;@ repeat 50000
(type (func (param i32 i64 f32 f64 i32 i64 f32 f64) (result i32)))
;;@ end
  )
  (instance $empty)
  (export "quidditch:udf/metadata@0.2.0" (instance $empty))
  (export "quidditch:udf/filter@0.2.0" (instance $empty)))
