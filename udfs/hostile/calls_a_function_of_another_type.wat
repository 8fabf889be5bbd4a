;; Calls a function through a pointer of another type.
;;@ part items
(table $functions 1 funcref) (type $answer (func (result i32))) (elem (i32.const 0) $free)
;;@ part keep
(call_indirect (type $answer) (i32.const 0))
