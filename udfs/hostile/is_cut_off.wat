;; Is a component whose last section is cut off.
;;@ part whole
(component binary "\00asm\0d\00\01\00" "\01\7f\00asm\01\00\00\00")
