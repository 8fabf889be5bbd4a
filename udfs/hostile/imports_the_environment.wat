;; Imports the environment of the process.
;;@ part whole
(component
  (import "wasi:cli/environment@0.2.0" (instance)))
