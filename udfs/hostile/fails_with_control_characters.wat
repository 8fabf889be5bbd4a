;; Returns an error message with line breaks, quotes and escape sequences, as for a log or a terminal.
;;@ part items
(data (i32.const 2000) "\00\1b[2J\22}\0aERROR all is lost\0d\0a")
;;@ part keep
(call $error (i32.const 1) (i32.const 2000) (i32.const 27))
