;; Throws an exception that nothing catches.
;;@ part items
(tag $oops)
;;@ part keep
(throw $oops)
