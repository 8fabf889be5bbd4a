;; Declares a second memory with 64-bit addresses, of 16 TiB.
;;@ part items
(memory i64 0x10000000)
