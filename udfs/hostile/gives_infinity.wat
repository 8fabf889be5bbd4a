;; Scores every document with infinity.
;;@ use scorer
;;@ part score
(local.set $given (i32.const 4096))
(loop $next
  (i32.store (i32.add (i32.const 4096) (i32.shl (local.get $i) (i32.const 2))) (i32.const 0x7f800000))
  (local.set $i (i32.add (local.get $i) (i32.const 1)))
  (br_if $next (i32.lt_u (local.get $i) (local.get $len))))
(call $ok_list (local.get $given) (local.get $len))
