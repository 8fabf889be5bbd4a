;; Lets the host write its arguments at an odd address.
;;@ part allocate
(return (i32.const 4097))
