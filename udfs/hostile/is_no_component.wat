;; Is a core module.
;;@ part whole
(module (func (export "keep")))
