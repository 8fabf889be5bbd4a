;; Writes as far outside of its memory as an address with an offset reaches.
;;@ part keep
(i32.store offset=0xffffffff (i32.const -1) (i32.const 1)) unreachable
