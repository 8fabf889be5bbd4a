;; Has a jump to one of 50,000 places.
;;@ part items
(func (export "jumps") (param i32)
;;@ repeat 50000
block
;;@ end
local.get 0
br_table
;;@ repeat 50000
{i}
;;@ end
;;@ repeat 50000
end
;;@ end
)
