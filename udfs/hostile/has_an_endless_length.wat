;; Is a component with a section that claims to have 4 GiB.
;;@ part whole
(component binary "\00asm\0d\00\01\00" "\01\ff\ff\ff\ff\0f")
