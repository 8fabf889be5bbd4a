;; Is not WebAssembly.
;;@ part whole
(component binary "\7fELF\02\01\01\00")
