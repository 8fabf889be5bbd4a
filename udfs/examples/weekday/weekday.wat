;; The day of the week of a date: 1 is Monday, 7 is Sunday, in UTC.
;;
;; A component written by hand, which computes values: see `custom_score.wat` next to it for what its parts are. Every date becomes a
;; number in the place where it was, so the result is the column that was passed in, with the same starts.
;;
;; Memory
;;   0 ..          constants
;;   2048 ..       the result of a call
;;   4096 ..       bound values, and after them the arguments of a call
(component
  ;; ---- Memory ---------------------------------------------------------------------------------------------------------------

  (core module $Memory
    (memory (export "memory") 1)

    ;; The address of the first free byte.
    (global $top (mut i32) (i32.const 4096))
    ;; The address of the first byte after the bound values.
    (global $floor (mut i32) (i32.const 4096))
    ;; The number of bound values.
    (global $bounds (mut i32) (i32.const 0))

    ;; Blocks are never resized: the host allocates each list once, in its full length.
    (func (export "allocate") (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
      (local $block i32) (local $missing i32)
      ;; the top, rounded up to the alignment
      (local.set $block
        (i32.and
          (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $block) (local.get $len)))
      (if (i32.lt_u (global.get $top) (local.get $block)) (then (unreachable)))
      ;; the number of missing pages, as a signed number
      (local.set $missing
        (i32.sub
          (i32.add (i32.shr_u (global.get $top) (i32.const 16)) (i32.const 1))
          (memory.size)))
      (if (i32.gt_s (local.get $missing) (i32.const 0))
        (then (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (unreachable)))))
      (local.get $block))

    ;; Values are bound: keeps everything that was allocated so far.
    (func (export "keep")
      (global.set $bounds (i32.add (global.get $bounds) (i32.const 1)))
      (global.set $floor (global.get $top)))

    ;; The host has read the result of a call: frees everything that was allocated since the last bound values.
    (func (export "done") (param $result i32) (global.set $top (global.get $floor)))

    ;; Bound values are dropped.
    (func (export "drop") (param $bound i32)
      (global.set $bounds (i32.sub (global.get $bounds) (i32.const 1)))
      (if (i32.eqz (global.get $bounds))
        (then
          (global.set $floor (i32.const 4096))
          (global.set $top (i32.const 4096)))))
  )

  (core instance $memory_instance (instantiate $Memory))
  (alias core export $memory_instance "memory" (core memory $memory))
  (alias core export $memory_instance "allocate" (core func $allocate))
  (alias core export $memory_instance "done" (core func $done))
  (alias core export $memory_instance "drop" (core func $drop))

  ;; A handle of the host represents the address of bound values.
  (type $bound-values (resource (rep i32) (dtor (core func $drop))))
  (core func $new_bound (canon resource.new $bound-values))

  ;; ---- Code -----------------------------------------------------------------------------------------------------------------

  (core module $Code
    (import "memory" "memory" (memory 1))
    (import "memory" "allocate" (func $allocate (param i32 i32 i32 i32) (result i32)))
    (import "memory" "keep" (func $keep))
    ;; Makes a handle for the address of bound values.
    (import "host" "new-bound-values" (func $new_handle (param i32) (result i32)))

    (data (i32.const 0) "The day of the week of a date: 1 is Monday, 7 is Sunday, in UTC.") ;; 64 bytes
    (data (i32.const 72) "field" "The date field to read.") ;; at 72 and 77, 5 and 23 bytes

    ;; summary: a string is an address and a length.
    (data (i32.const 320) "\00\00\00\00" "\40\00\00\00")
    ;; parameters: a list is an address and a length. Its item has 48 bytes: name (8 bytes), kind (1: 8 is a field), required (1), no
    ;; default, summary (8).
    (data (i32.const 328) "\50\01\00\00" "\01\00\00\00")
    (data (i32.const 336) "\48\00\00\00" "\05\00\00\00" "\08\01")
    (data (i32.const 376) "\4d\00\00\00" "\17\00\00\00")

    (func (export "summary") (result i32) (i32.const 320))
    (func (export "parameters") (result i32) (i32.const 328))
    ;; 0: what the host grants by default
    (func (export "memory-mib") (result i32) (i32.const 0))

    ;; Bound values have 24 bytes: the columns as `columns` returns them (address and length of the list), and its only item (address and
    ;; length of the field's name, kind: 4 is dates).
    (func (export "bind") (param $arguments i32) (param $count i32) (result i32)
      (local $bound i32)
      (local.set $bound (call $allocate (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 24)))
      (i32.store (local.get $bound) (i32.add (local.get $bound) (i32.const 8)))
      (i32.store offset=4 (local.get $bound) (i32.const 1))
      (i64.store offset=8 (local.get $bound) (i64.load offset=16 (local.get $arguments)))
      (i32.store offset=16 (local.get $bound) (i32.const 4))
      (call $keep) ;; keeps the bound values, and with the arguments also the field's name
      ;; result: ok (0), handle
      (i32.store (i32.const 2048) (i32.const 0))
      (i32.store (i32.const 2052) (call $new_handle (local.get $bound)))
      (i32.const 2048))

    (func (export "columns") (param $bound i32) (result i32) (local.get $bound))

    (func (export "kind") (param $bound i32) (result i32) (i32.const 1)) ;; integers

    ;; A column has 36 bytes: case of its values (1: 1 is integers), padding to 4, address and length of the numbers (8), 16 bytes for
    ;; a dictionary, address and length of the starts (8).
    (func (export "compute")
      (param $bound i32) (param $len i32) (param $scores i32) (param $scores_len i32) (param $columns i32)
      (param $columns_len i32) (result i32)
      (local $date i32) (local $end i32) (local $day i64)
      (local.set $date (i32.load offset=4 (local.get $columns)))
      (local.set $end
        (i32.add (local.get $date) (i32.shl (i32.load offset=8 (local.get $columns)) (i32.const 3))))
      (block $done
        (loop $next
          (br_if $done (i32.eq (local.get $date) (local.get $end)))
          ;; Monday, 29 December 1969, was three days before the first. Of a date before, the remainder is negative.
          (local.set $day
            (i64.rem_s (i64.add (i64.load (local.get $date)) (i64.const 259200000)) (i64.const 604800000)))
          (if (i64.lt_s (local.get $day) (i64.const 0))
            (then (local.set $day (i64.add (local.get $day) (i64.const 604800000)))))
          (i64.store (local.get $date)
            (i64.add (i64.div_u (local.get $day) (i64.const 86400000)) (i64.const 1)))
          (local.set $date (i32.add (local.get $date) (i32.const 8)))
          (br $next)))
      ;; result: ok (0), the column
      (i32.store (i32.const 2048) (i32.const 0))
      (memory.copy (i32.const 2052) (local.get $columns) (i32.const 36))
      (i32.const 2048))
  )

  (core instance $code
    (instantiate $Code
      (with "memory" (instance $memory_instance))
      (with "host" (instance (export "new-bound-values" (func $new_bound))))))

  ;; ---- metadata -------------------------------------------------------------------------------------------------------------

  (type $value (variant
    (case "boolean" bool) (case "integer" s64) (case "float" float64) (case "text" string)
    (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" (list string)) (case "json" string)))
  (type $parameter-kind (enum "boolean" "integer" "float" "text" "integers" "floats" "texts" "json" "field"))
  (type $parameter (record
    (field "name" string) (field "kind" $parameter-kind) (field "required" bool) (field "default" (option $value))
    (field "summary" string)))

  (func $summary (result string) (canon lift (core func $code "summary") (memory $memory)))
  (func $parameters (result (list $parameter)) (canon lift (core func $code "parameters") (memory $memory)))

  (func $memory-mib (result u32) (canon lift (core func $code "memory-mib")))

  (instance $metadata
    (export "value" (type $value))
    (export "parameter-kind" (type $parameter-kind))
    (export "parameter" (type $parameter))
    (export "summary" (func $summary))
    (export "parameters" (func $parameters))
    (export "memory-mib" (func $memory-mib)))
  (export "quidditch:udf/metadata@0.2.0" (instance $metadata))

  ;; ---- values ---------------------------------------------------------------------------------------------------------------

  (type $argument (record (field "name" string) (field "value" $value)))
  (type $kind (enum "booleans" "integers" "floats" "texts" "dates"))
  (type $column-request (record (field "field" string) (field "kind" $kind)))
  (type $dictionary (record (field "codes" (list u32)) (field "ends" (list u32)) (field "bytes" (list u8))))
  (type $values (variant
    (case "booleans" (list u8)) (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" $dictionary)))
  (type $column (record (field "values" $values) (field "starts" (list u32))))
  (type $batch (record (field "len" u32) (field "scores" (list float32)) (field "columns" (list $column))))
  (type $error (variant (case "invalid-argument" string) (case "failed" string)))

  (func $bind (param "arguments" (list $argument)) (result (result (own $bound-values) (error $error)))
    (canon lift (core func $code "bind") (memory $memory) (realloc $allocate) (post-return $done)))
  (func $columns (param "self" (borrow $bound-values)) (result (list $column-request))
    (canon lift (core func $code "columns") (memory $memory)))
  (func $kind-of-values (param "self" (borrow $bound-values)) (result $kind) (canon lift (core func $code "kind")))
  (func $compute (param "self" (borrow $bound-values)) (param "batch" $batch) (result (result $column (error $error)))
    (canon lift (core func $code "compute") (memory $memory) (realloc $allocate) (post-return $done)))

  ;; An interface with a resource is exported through a component of its own, which names the functions as methods of the resource.
  (component $Values
    (import "bound-values" (type $bound-values (sub resource)))
    (import "value" (type $value' (eq $value)))
    (type $argument (record (field "name" string) (field "value" $value')))
    (import "argument" (type $argument' (eq $argument)))
    (import "kind" (type $kind' (eq $kind)))
    (type $column-request (record (field "field" string) (field "kind" $kind')))
    (import "column-request" (type $column-request' (eq $column-request)))
    (import "dictionary" (type $dictionary' (eq $dictionary)))
    (type $values (variant
      (case "booleans" (list u8)) (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" $dictionary')))
    (import "values" (type $values' (eq $values)))
    (type $column (record (field "values" $values') (field "starts" (list u32))))
    (import "column" (type $column' (eq $column)))
    (type $batch (record (field "len" u32) (field "scores" (list float32)) (field "columns" (list $column'))))
    (import "batch" (type $batch' (eq $batch)))
    (import "error" (type $error' (eq $error)))
    (import "bind" (func $bind (param "arguments" (list $argument')) (result (result (own $bound-values) (error $error')))))
    (import "columns" (func $columns (param "self" (borrow $bound-values)) (result (list $column-request'))))
    (import "kind-of-values" (func $kind-of-values (param "self" (borrow $bound-values)) (result $kind')))
    (import "compute" (func $compute
      (param "self" (borrow $bound-values)) (param "batch" $batch') (result (result $column' (error $error')))))

    ;; Exported types are new types. They consist of exported types, and so do the types of the functions.
    (export $value'' "value" (type $value'))
    (type $argument-of-exported (record (field "name" string) (field "value" $value'')))
    (export $argument'' "argument" (type $argument-of-exported))
    (export $kind'' "kind" (type $kind'))
    (type $column-request-of-exported (record (field "field" string) (field "kind" $kind'')))
    (export $column-request'' "column-request" (type $column-request-of-exported))
    (export $dictionary'' "dictionary" (type $dictionary'))
    (type $values-of-exported (variant
      (case "booleans" (list u8)) (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" $dictionary'')))
    (export $values'' "values" (type $values-of-exported))
    (type $column-of-exported (record (field "values" $values'') (field "starts" (list u32))))
    (export $column'' "column" (type $column-of-exported))
    (type $batch-of-exported (record (field "len" u32) (field "scores" (list float32)) (field "columns" (list $column''))))
    (export $batch'' "batch" (type $batch-of-exported))
    (export $error'' "error" (type $error'))
    (export $bound-values' "bound-values" (type $bound-values))
    (export "[static]bound-values.bind" (func $bind)
      (func (param "arguments" (list $argument'')) (result (result (own $bound-values') (error $error'')))))
    (export "[method]bound-values.columns" (func $columns)
      (func (param "self" (borrow $bound-values')) (result (list $column-request''))))
    (export "[method]bound-values.kind" (func $kind-of-values) (func (param "self" (borrow $bound-values')) (result $kind'')))
    (export "[method]bound-values.compute" (func $compute)
      (func (param "self" (borrow $bound-values')) (param "batch" $batch'') (result (result $column'' (error $error''))))))

  (instance $exported (instantiate $Values
    (with "bound-values" (type $bound-values)) (with "value" (type $value)) (with "argument" (type $argument)) (with "kind" (type $kind))
    (with "column-request" (type $column-request)) (with "dictionary" (type $dictionary)) (with "values" (type $values))
    (with "column" (type $column)) (with "batch" (type $batch)) (with "error" (type $error))
    (with "bind" (func $bind)) (with "columns" (func $columns)) (with "kind-of-values" (func $kind-of-values))
    (with "compute" (func $compute))))
  (export "quidditch:udf/values@0.2.0" (instance $exported))
)
