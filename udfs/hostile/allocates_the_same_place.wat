;; Lets the host write all arguments and columns to the same place, over its own data. It harms only
;; itself.
;;@ part allocate
(return (i32.const 1024))
