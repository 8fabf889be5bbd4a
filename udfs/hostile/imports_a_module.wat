;; Imports a core module instead of an interface.
;;@ part whole
(component (import "code" (core module)))
