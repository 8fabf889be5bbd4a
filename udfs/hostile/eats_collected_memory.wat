;; Creates arrays of the garbage collector, whose memory is not its own.
;;@ part items
(type $bytes (array (mut i8)))
;;@ part keep
(loop $more (drop (array.new_default $bytes (i32.const 1000000))) (br $more)) unreachable
