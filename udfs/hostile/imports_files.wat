;; Imports access to files.
;;@ part whole
(component
  (import "wasi:filesystem/types@0.2.0" (instance))
  (import "wasi:filesystem/preopens@0.2.0" (instance)))
