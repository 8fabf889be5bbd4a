;; The score so far, changed by a field: score x boost + factor x field.
;;
;; A component written by hand, for readers who want to see what the other languages' tools make: a core module that knows nothing but
;; numbers and addresses, and around it the types that say what these mean, as `wit/udf.wit` has them. How values lie in memory is
;; the component model's canonical ABI.
;;
;; Memory
;;   0 ..          constants: names and summaries, the list of parameters
;;   1024 ..       the one bound model, see `bind`
;;   2048 ..       what is returned: a result is written here, and read by the host before the next call
;;   4096 ..       what the host passes in. It grows from here by `allocate`; every call that has been answered sets it back, so that
;;                 nothing is ever freed piece by piece, and nothing leaks
;;
;; The host makes one instance for each clause and binds it once, so that one place for a model is enough; `bind` refuses a second.
(component
  ;; A handle that the host holds stands for the address of a model.
  (type $model (resource (rep i32)))
  (core func $new_model (canon resource.new $model))

  (core module $Code
    ;; Makes a handle of the address of a model.
    (import "host" "new-model" (func $new_handle (param i32) (result i32)))

    (memory (export "memory") 1)

    ;; ---- Constants --------------------------------------------------------------------------------------------------------

    (data (i32.const 0) "Changes the score by a field: score x boost + factor x field.") ;; 61 bytes
    (data (i32.const 64) "field" "boost" "factor" "missing")                                ;; at 64, 69, 74, 80
    (data (i32.const 88) "The number field; of several values the smallest counts.")        ;; 56 bytes
    (data (i32.const 144) "What the score so far is multiplied by.")                        ;; 39 bytes
    (data (i32.const 184) "What the field is multiplied by.")                               ;; 32 bytes
    (data (i32.const 216) "The field's value where it is missing.")                         ;; 38 bytes
    (data (i32.const 256) "the host binds a component of this kind once")                   ;; 44 bytes

    ;; summary: a string is an address and a length.
    (data (i32.const 320) "\00\00\00\00" "\3d\00\00\00")

    ;; parameters: a list is an address and a length.
    (data (i32.const 328) "\50\01\00\00" "\04\00\00\00")
    ;; Its four items, 48 bytes each: name (8 bytes), kind (1: 8 is a field, 2 a float), required (1), padding to 16; default: present
    ;; (1), padding to 24, case (1: 2 is a float), padding to 32, the float (8); summary (8).
    (data (i32.const 336)
      "\40\00\00\00" "\05\00\00\00" "\08\01\00\00\00\00\00\00"
      "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00"
      "\58\00\00\00" "\38\00\00\00")
    (data (i32.const 384)
      "\45\00\00\00" "\05\00\00\00" "\02\00\00\00\00\00\00\00"
      "\01\00\00\00\00\00\00\00" "\02\00\00\00\00\00\00\00" "\00\00\00\00\00\00\f0\3f" ;; 1.0
      "\90\00\00\00" "\27\00\00\00")
    (data (i32.const 432)
      "\4a\00\00\00" "\06\00\00\00" "\02\00\00\00\00\00\00\00"
      "\01\00\00\00\00\00\00\00" "\02\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00" ;; 0.0
      "\b8\00\00\00" "\20\00\00\00")
    (data (i32.const 480)
      "\50\00\00\00" "\07\00\00\00" "\02\00\00\00\00\00\00\00"
      "\01\00\00\00\00\00\00\00" "\02\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00" ;; 0.0
      "\d8\00\00\00" "\26\00\00\00")

    (func (export "summary") (result i32) (i32.const 320))
    (func (export "parameters") (result i32) (i32.const 328))

    ;; ---- Memory for what the host passes in ---------------------------------------------------------------------------------

    (global $top (mut i32) (i32.const 4096))
    ;; What lies below is kept: the field's name, once the model is bound.
    (global $floor (mut i32) (i32.const 4096))

    ;; Old and new address are never the same: the host asks for each list at once, in its full length.
    (func $allocate (export "allocate") (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
      (local $block i32) (local $missing i32)
      ;; the top, rounded up to the alignment
      (local.set $block
        (i32.and
          (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $block) (local.get $len)))
      (if (i32.lt_u (global.get $top) (local.get $block)) (then (unreachable)))
      ;; pages that are missing, as a signed number
      (local.set $missing
        (i32.sub
          (i32.add (i32.shr_u (global.get $top) (i32.const 16)) (i32.const 1))
          (memory.size)))
      (if (i32.gt_s (local.get $missing) (i32.const 0))
        (then (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (unreachable)))))
      (local.get $block))

    ;; ---- The model -----------------------------------------------------------------------------------------------------------
    ;;
    ;; At 1024: the columns as `columns` returns them: address (1032) and length (1) of the list;
    ;; at 1032: its only item: address and length of the field's name, kind (2 is floats);
    ;; at 1048: boost; at 1056: factor; at 1064: missing.

    ;; Arguments come in the order of the parameters, all four of them: the host has checked them and filled in the defaults.
    ;; An argument has 24 bytes: name (8), case of the value (1), padding to 16, the value (8).
    (func (export "bind") (param $arguments i32) (param $count i32) (result i32)
      (if (i32.load (i32.const 1028))
        (then ;; result: error (1), invalid-argument (0) or failed (1), message
          (i32.store (i32.const 2048) (i32.const 1))
          (i32.store (i32.const 2052) (i32.const 1))
          (i32.store (i32.const 2056) (i32.const 256))
          (i32.store (i32.const 2060) (i32.const 44))
          (return (i32.const 2048))))
      (i32.store (i32.const 1024) (i32.const 1032))
      (i32.store (i32.const 1028) (i32.const 1))
      (i64.store (i32.const 1032) (i64.load offset=16 (local.get $arguments)))
      (i32.store (i32.const 1040) (i32.const 2))
      (f64.store (i32.const 1048) (f64.load offset=40 (local.get $arguments)))
      (f64.store (i32.const 1056) (f64.load offset=64 (local.get $arguments)))
      (f64.store (i32.const 1064) (f64.load offset=88 (local.get $arguments)))
      (global.set $floor (global.get $top)) ;; keeps the field's name
      ;; result: ok (0), handle
      (i32.store (i32.const 2048) (i32.const 0))
      (i32.store (i32.const 2052) (call $new_handle (i32.const 1024)))
      (i32.const 2048))

    (func (export "columns") (param $model i32) (result i32) (local.get $model))

    (func (export "needs-score") (param $model i32) (result i32) (i32.const 1))

    ;; A column has 36 bytes: case of its values (1), padding to 4, address and length of the numbers (8), 16 bytes for a dictionary,
    ;; address and length of the starts (8).
    (func (export "score")
      (param $model i32) (param $len i32) (param $scores i32) (param $scores_len i32) (param $columns i32) (param $columns_len i32)
      (result i32)
      (local $values i32) (local $starts i32) (local $out i32) (local $end i32) (local $start i32) (local $value f64)
      (local $boost f64) (local $factor f64)
      (local.set $boost (f64.load offset=24 (local.get $model)))
      (local.set $factor (f64.load offset=32 (local.get $model)))
      (local.set $values (i32.load offset=4 (local.get $columns)))
      ;; no starts means one value for each document
      (if (i32.load offset=32 (local.get $columns))
        (then (local.set $starts (i32.load offset=28 (local.get $columns)))))
      ;; The scores are written over those that came in: each is read before it is written.
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
                (else (local.set $value (f64.load offset=40 (local.get $model)))))
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
      (i32.store (i32.const 2048) (i32.const 0))
      (i32.store (i32.const 2052) (local.get $scores))
      (i32.store (i32.const 2056) (local.get $len))
      (i32.const 2048))

    ;; The host has read the answer: the memory of the call is free.
    (func (export "done") (param $result i32) (global.set $top (global.get $floor)))
  )

  (core instance $code (instantiate $Code (with "host" (instance (export "new-model" (func $new_model))))))
  (alias core export $code "memory" (core memory $memory))
  (alias core export $code "allocate" (core func $allocate))
  (alias core export $code "done" (core func $done))

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

  (instance $metadata
    (export "value" (type $value))
    (export "parameter-kind" (type $parameter-kind))
    (export "parameter" (type $parameter))
    (export "summary" (func $summary))
    (export "parameters" (func $parameters)))
  (export "quidditch:udf/metadata@0.1.0" (instance $metadata))

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

  (func $bind (param "arguments" (list $argument)) (result (result (own $model) (error $error)))
    (canon lift (core func $code "bind") (memory $memory) (realloc $allocate) (post-return $done)))
  (func $columns (param "self" (borrow $model)) (result (list $column-request))
    (canon lift (core func $code "columns") (memory $memory)))
  (func $needs-score (param "self" (borrow $model)) (result bool)
    (canon lift (core func $code "needs-score")))
  (func $score (param "self" (borrow $model)) (param "batch" $batch) (result (result (list float32) (error $error)))
    (canon lift (core func $code "score") (memory $memory) (realloc $allocate) (post-return $done)))

  ;; An interface with a resource is exported through a component of its own, which gives the functions their names as methods.
  (component $Scorer
    (import "model" (type $model (sub resource)))
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
    (import "bind" (func $bind (param "arguments" (list $argument')) (result (result (own $model) (error $error')))))
    (import "columns" (func $columns (param "self" (borrow $model)) (result (list $column-request'))))
    (import "needs-score" (func $needs-score (param "self" (borrow $model)) (result bool)))
    (import "score" (func $score
      (param "self" (borrow $model)) (param "batch" $batch') (result (result (list float32) (error $error')))))

    ;; Exported types are new types: each is made of exported ones, and so are the functions' types.
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
    (export $model' "model" (type $model))
    (export "[static]model.bind" (func $bind)
      (func (param "arguments" (list $argument'')) (result (result (own $model') (error $error'')))))
    (export "[method]model.columns" (func $columns)
      (func (param "self" (borrow $model')) (result (list $column-request''))))
    (export "[method]model.needs-score" (func $needs-score) (func (param "self" (borrow $model')) (result bool)))
    (export "[method]model.score" (func $score)
      (func (param "self" (borrow $model')) (param "batch" $batch'') (result (result (list float32) (error $error''))))))

  (instance $scorer (instantiate $Scorer
    (with "model" (type $model)) (with "value" (type $value)) (with "argument" (type $argument)) (with "kind" (type $kind))
    (with "column-request" (type $column-request)) (with "dictionary" (type $dictionary)) (with "values" (type $values))
    (with "column" (type $column)) (with "batch" (type $batch)) (with "error" (type $error))
    (with "bind" (func $bind)) (with "columns" (func $columns)) (with "needs-score" (func $needs-score))
    (with "score" (func $score))))
  (export "quidditch:udf/scorer@0.1.0" (instance $scorer))
)
