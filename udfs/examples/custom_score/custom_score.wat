;; Combines the score with a field: score x boost + factor x field.
;;
;; A component written by hand, for readers who want to see what the tools of other languages generate: core modules that know only
;; numbers and addresses, and around them the types that give these a meaning, as in `wit/udf.wit`. The canonical ABI of the component
;; model defines how values are stored in memory. Names that only the parts of this file use for each other are single letters.
;;
;; Memory
;;   0 ..          constants: names and summaries, the list of parameters
;;   512 ..        the result of a call: it is written here, and the host reads it before the next call
;;   528 ..        bound scorers, and after them the arguments of a call. `$allocate` takes memory upwards. After each call, everything
;;                 that was allocated since the last bound scorer is free again, and so is all memory when the last one is dropped
;;
;; The host may bind any number of scorers in one instance and use them at the same time. So everything that belongs to a bound scorer
;; is stored at its address, and nothing in a global.
(component
  ;; ---- Memory ---------------------------------------------------------------------------------------------------------------

  (core module $Memory
    (memory (export "m") 1)

    ;; The address of the first free byte.
    (global $top (mut i32) (i32.const 528))
    ;; The address of the first byte after the bound scorers.
    (global $floor (mut i32) (i32.const 528))
    ;; The number of bound scorers.
    (global $bounds (mut i32) (i32.const 0))

    ;; Blocks are never resized: the host allocates each list once, in its full length.
    (func $allocate (export "a") (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
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

    ;; A scorer is bound: keeps everything that was allocated so far.
    (func $keep (export "k")
      (global.set $bounds (i32.add (global.get $bounds) (i32.const 1)))
      (global.set $floor (global.get $top)))

    ;; The host has read the result of a call: frees everything that was allocated since the last bound scorer.
    (func $done (export "d") (param $result i32) (global.set $top (global.get $floor)))

    ;; A bound scorer is dropped.
    (func $drop (export "x") (param $bound i32)
      (global.set $bounds (i32.sub (global.get $bounds) (i32.const 1)))
      (if (i32.eqz (global.get $bounds))
        (then
          (global.set $floor (i32.const 528))
          (global.set $top (i32.const 528)))))
  )

  (core instance $memory_instance (instantiate $Memory))
  (alias core export $memory_instance "m" (core memory $memory))
  (alias core export $memory_instance "a" (core func $allocate))
  (alias core export $memory_instance "d" (core func $done))
  (alias core export $memory_instance "x" (core func $drop))

  ;; A handle of the host represents the address of a bound scorer.
  (type $bound-scorer (resource (rep i32) (dtor (core func $drop))))
  (core func $new_bound (canon resource.new $bound-scorer))

  ;; ---- Code -----------------------------------------------------------------------------------------------------------------

  (core module $Code
    (import "m" "m" (memory 1))
    (import "m" "a" (func $allocate (param i32 i32 i32 i32) (result i32)))
    (import "m" "k" (func $keep))
    ;; Makes a handle for the address of a bound scorer.
    (import "h" "n" (func $new_handle (param i32) (result i32)))

    ;; ---- Constants --------------------------------------------------------------------------------------------------------

    (data (i32.const 0)
      "Combines the score with a field: score x boost + factor x field." ;; 64 bytes
      "field" "boost" "factor" "missing" ;; at 64, 69, 74, 80
      "The number field to read; if it has several values, the smallest is used." ;; at 87, 73 bytes
      "The factor of the score so far." ;; at 160, 31 bytes
      "The factor of the field." ;; at 191, 24 bytes
      "The value for documents without the field.") ;; at 215, 42 bytes

    ;; The summary, a string, at 264: an address and a length. The parameters, a list, at 272: an address and a length. Its four items
    ;; of 48 bytes: name (8 bytes), kind (1: 8 is a field, 2 a float), required (1), padding to 16; default: present (1), padding to 24,
    ;; case (1: 2 is a float), padding to 32, the float (8); summary (8). Memory is zero before, so longer runs of zeros are left out.
    (data (i32.const 264)
      "\00\00\00\00" "\40\00\00\00"
      "\18\01\00\00" "\04\00\00\00"
      ;; at 280
      "\40\00\00\00" "\05\00\00\00" "\08\01")
    (data (i32.const 320)
      "\57\00\00\00" "\49\00\00\00"
      ;; at 328
      "\45\00\00\00" "\05\00\00\00" "\02\00\00\00\00\00\00\00"
      "\01\00\00\00\00\00\00\00" "\02\00\00\00\00\00\00\00" "\00\00\00\00\00\00\f0\3f" ;; 1.0
      "\a0\00\00\00" "\1f\00\00\00"
      ;; at 376, with the default 0.0
      "\4a\00\00\00" "\06\00\00\00" "\02\00\00\00\00\00\00\00"
      "\01\00\00\00\00\00\00\00" "\02")
    (data (i32.const 416)
      "\bf\00\00\00" "\18\00\00\00"
      ;; at 424, with the default 0.0
      "\50\00\00\00" "\07\00\00\00" "\02\00\00\00\00\00\00\00"
      "\01\00\00\00\00\00\00\00" "\02")
    (data (i32.const 464) "\d7\00\00\00" "\2a")

    (func $summary (export "1") (result i32) (i32.const 264))
    (func $parameters (export "2") (result i32) (i32.const 272))
    ;; 0: what the host grants by default
    (func $memory-mib (export "3") (result i32) (i32.const 0))

    ;; ---- The bound scorer --------------------------------------------------------------------------------------------------------
    ;;
    ;; A bound scorer has 48 bytes:
    ;;   0     the columns as `columns` returns them: address and length (1) of the list
    ;;   8     the only item of the list: address and length of the field's name, kind (2 is floats)
    ;;   24    boost
    ;;   32    factor
    ;;   40    missing

    ;; The arguments are in the order of the parameters, all four of them: the host has checked them and filled in the defaults.
    ;; An argument has 24 bytes: name (8), case of the value (1), padding to 16, the value (8).
    (func $bind (export "b") (param $arguments i32) (param $count i32) (result i32)
      (local $bound i32)
      (local.set $bound (call $allocate (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 48)))
      (i32.store (local.get $bound) (i32.add (local.get $bound) (i32.const 8)))
      (i32.store offset=4 (local.get $bound) (i32.const 1))
      (i64.store offset=8 (local.get $bound) (i64.load offset=16 (local.get $arguments)))
      (i32.store offset=16 (local.get $bound) (i32.const 2))
      (f64.store offset=24 (local.get $bound) (f64.load offset=40 (local.get $arguments)))
      (f64.store offset=32 (local.get $bound) (f64.load offset=64 (local.get $arguments)))
      (f64.store offset=40 (local.get $bound) (f64.load offset=88 (local.get $arguments)))
      (call $keep) ;; keeps the bound scorer, and with the arguments also the field's name
      ;; result: ok (0), handle
      (i32.store (i32.const 512) (i32.const 0))
      (i32.store (i32.const 516) (call $new_handle (local.get $bound)))
      (i32.const 512))

    (func $columns (export "c") (param $bound i32) (result i32) (local.get $bound))

    (func $needs-score (export "n") (param $bound i32) (result i32) (i32.const 1))

    ;; No bound is known: the field may have any value.
    (func $max-score (export "m") (param $bound i32) (param $score f32) (result f32) (f32.const inf))

    ;; A column has 36 bytes: case of its values (1), padding to 4, address and length of the numbers (8), 16 bytes for a dictionary,
    ;; address and length of the starts (8).
    (func $score (export "s")
      (param $bound i32) (param $len i32) (param $scores i32) (param $scores_len i32) (param $columns i32) (param $columns_len i32)
      (result i32)
      (local $values i32) (local $starts i32) (local $out i32) (local $end i32) (local $start i32) (local $value f64)
      (local $boost f64) (local $factor f64)
      (local.set $boost (f64.load offset=24 (local.get $bound)))
      (local.set $factor (f64.load offset=32 (local.get $bound)))
      (local.set $values (i32.load offset=4 (local.get $columns)))
      ;; no starts means one value per document
      (if (i32.load offset=32 (local.get $columns))
        (then (local.set $starts (i32.load offset=28 (local.get $columns)))))
      ;; The results replace the scores so far: each score is read before it is replaced.
      (local.set $out (local.get $scores))
      (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $len) (i32.const 2))))
      (block $done
        (loop $next
          (br_if $done (i32.eq (local.get $out) (local.get $end)))
          (if (local.get $starts)
            (then
              (local.set $start (i32.load (local.get $starts)))
              (if (i32.lt_u (local.get $start) (i32.load offset=4 (local.get $starts)))
                (then ;; the first value, which is the smallest
                  (local.set $value
                    (f64.load (i32.add (local.get $values) (i32.shl (local.get $start) (i32.const 3))))))
                (else (local.set $value (f64.load offset=40 (local.get $bound)))))
              (local.set $starts (i32.add (local.get $starts) (i32.const 4))))
            (else
              (local.set $value (f64.load (local.get $values)))
              (local.set $values (i32.add (local.get $values) (i32.const 8)))))
          (f32.store (local.get $out)
            (f32.demote_f64
              (f64.add
                (f64.mul (f64.promote_f32 (f32.load (local.get $out))) (local.get $boost))
                (f64.mul (local.get $factor) (local.get $value)))))
          (local.set $out (i32.add (local.get $out) (i32.const 4)))
          (br $next)))
      ;; result: ok (0), address and length of the scores
      (i32.store (i32.const 512) (i32.const 0))
      (i32.store (i32.const 516) (local.get $scores))
      (i32.store (i32.const 520) (local.get $len))
      (i32.const 512))
  )

  (core instance $code
    (instantiate $Code
      (with "m" (instance $memory_instance))
      (with "h" (instance (export "n" (func $new_bound))))))

  ;; ---- metadata -------------------------------------------------------------------------------------------------------------

  (type $value (variant
    (case "boolean" bool) (case "integer" s64) (case "float" float64) (case "text" string)
    (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" (list string)) (case "json" string)))
  (type $parameter-kind (enum "boolean" "integer" "float" "text" "integers" "floats" "texts" "json" "field"))
  (type $parameter (record
    (field "name" string) (field "kind" $parameter-kind) (field "required" bool) (field "default" (option $value))
    (field "summary" string)))

  (func $summary (result string) (canon lift (core func $code "1") (memory $memory)))
  (func $parameters (result (list $parameter)) (canon lift (core func $code "2") (memory $memory)))

  (func $memory-mib (result u32) (canon lift (core func $code "3")))

  (instance $metadata
    (export "value" (type $value))
    (export "parameter-kind" (type $parameter-kind))
    (export "parameter" (type $parameter))
    (export "summary" (func $summary))
    (export "parameters" (func $parameters))
    (export "memory-mib" (func $memory-mib)))
  (export "quidditch:udf/metadata@0.2.0" (instance $metadata))

  ;; ---- scorer ---------------------------------------------------------------------------------------------------------------

  (type $argument (record (field "name" string) (field "value" $value)))
  (type $kind (enum "booleans" "integers" "floats" "texts" "dates"))
  (type $column-request (record (field "field" string) (field "kind" $kind)))
  (type $dictionary (record (field "codes" (list u32)) (field "ends" (list u32)) (field "bytes" (list u8))))
  (type $values (variant
    (case "booleans" (list u8)) (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" $dictionary)))
  (type $column (record (field "values" $values) (field "starts" (list u32))))
  (type $batch (record (field "len" u32) (field "scores" (list float32)) (field "columns" (list $column))))
  (type $error (variant (case "invalid-argument" string) (case "failed" string)))

  (func $bind (param "arguments" (list $argument)) (result (result (own $bound-scorer) (error $error)))
    (canon lift (core func $code "b") (memory $memory) (realloc $allocate) (post-return $done)))
  (func $columns (param "self" (borrow $bound-scorer)) (result (list $column-request))
    (canon lift (core func $code "c") (memory $memory)))
  (func $needs-score (param "self" (borrow $bound-scorer)) (result bool)
    (canon lift (core func $code "n")))
  (func $max-score (param "self" (borrow $bound-scorer)) (param "score" float32) (result float32)
    (canon lift (core func $code "m")))
  (func $score (param "self" (borrow $bound-scorer)) (param "batch" $batch) (result (result (list float32) (error $error)))
    (canon lift (core func $code "s") (memory $memory) (realloc $allocate) (post-return $done)))

  ;; An interface with a resource is exported through a component of its own, which names the functions as methods of the resource.
  (component $Scorer
    (import "bound-scorer" (type $bound-scorer (sub resource)))
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
    (import "bind" (func $bind (param "arguments" (list $argument')) (result (result (own $bound-scorer) (error $error')))))
    (import "columns" (func $columns (param "self" (borrow $bound-scorer)) (result (list $column-request'))))
    (import "needs-score" (func $needs-score (param "self" (borrow $bound-scorer)) (result bool)))
    (import "max-score" (func $max-score (param "self" (borrow $bound-scorer)) (param "score" float32) (result float32)))
    (import "score" (func $score
      (param "self" (borrow $bound-scorer)) (param "batch" $batch') (result (result (list float32) (error $error')))))

    ;; Exported types are new types. They consist of exported types, and so do the types of the functions.
    (export $value'' "value" (type $value'))
    (export $kind'' "kind" (type $kind'))
    (export $dictionary'' "dictionary" (type $dictionary'))
    (export $error'' "error" (type $error'))
    (export $bound-scorer' "bound-scorer" (type $bound-scorer))
    (type $argument-of-exported (record (field "name" string) (field "value" $value'')))
    (type $column-request-of-exported (record (field "field" string) (field "kind" $kind'')))
    (type $values-of-exported (variant
      (case "booleans" (list u8)) (case "integers" (list s64)) (case "floats" (list float64)) (case "texts" $dictionary'')))
    (export $argument'' "argument" (type $argument-of-exported))
    (export $column-request'' "column-request" (type $column-request-of-exported))
    (export $values'' "values" (type $values-of-exported))
    (type $column-of-exported (record (field "values" $values'') (field "starts" (list u32))))
    (export $column'' "column" (type $column-of-exported))
    (type $batch-of-exported (record (field "len" u32) (field "scores" (list float32)) (field "columns" (list $column''))))
    (export $batch'' "batch" (type $batch-of-exported))
    (type $bind-type (func (param "arguments" (list $argument'')) (result (result (own $bound-scorer') (error $error'')))))
    (type $columns-type (func (param "self" (borrow $bound-scorer')) (result (list $column-request''))))
    (type $needs-score-type (func (param "self" (borrow $bound-scorer')) (result bool)))
    (type $max-score-type (func (param "self" (borrow $bound-scorer')) (param "score" float32) (result float32)))
    (type $score-type (func
      (param "self" (borrow $bound-scorer')) (param "batch" $batch'') (result (result (list float32) (error $error'')))))
    (export "[static]bound-scorer.bind" (func $bind) (func (type $bind-type)))
    (export "[method]bound-scorer.columns" (func $columns) (func (type $columns-type)))
    (export "[method]bound-scorer.needs-score" (func $needs-score) (func (type $needs-score-type)))
    (export "[method]bound-scorer.max-score" (func $max-score) (func (type $max-score-type)))
    (export "[method]bound-scorer.score" (func $score) (func (type $score-type))))

  (instance $scorer (instantiate $Scorer
    (with "bound-scorer" (type $bound-scorer)) (with "value" (type $value)) (with "argument" (type $argument)) (with "kind" (type $kind))
    (with "column-request" (type $column-request)) (with "dictionary" (type $dictionary)) (with "values" (type $values))
    (with "column" (type $column)) (with "batch" (type $batch)) (with "error" (type $error))
    (with "bind" (func $bind)) (with "columns" (func $columns)) (with "needs-score" (func $needs-score))
    (with "max-score" (func $max-score))
    (with "score" (func $score))))
  (export "quidditch:udf/scorer@0.2.0" (instance $scorer))
)
