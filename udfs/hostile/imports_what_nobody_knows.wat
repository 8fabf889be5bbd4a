;; Imports an interface that nobody knows.
;;@ part whole
(component
  (import "evil:host/memory@1.0.0" (instance)))
