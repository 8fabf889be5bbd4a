;; Imports random numbers.
;;@ part whole
(component
  (import "wasi:random/random@0.2.0" (instance)))
