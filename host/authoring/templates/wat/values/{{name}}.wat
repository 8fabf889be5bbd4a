;; The values of `field` with `rate` percent added.
;;
;; A core module, which knows only numbers and addresses: the build wraps it in a component, whose types are those of
;; the contract of Quidditch. The canonical ABI of the component model defines what the exports are called and how
;; values are stored in memory:
;;
;;   a string or a list     8 bytes: address, length
;;   a record               its fields, one after the other; each begins at a multiple of its alignment
;;   a variant, an option,  the index of the case (1 byte), padded to the largest alignment of the cases, and after that
;;   or a result            the value
;;
;; Parameters are passed one by one, results that are not a single number as the address of the result. All numbers
;; are little-endian.
;;
;; Memory
;;   0 ..       constants
;;   1024 ..    the result of a call: it is written here, and the host reads it before the next call
;;   2048 ..    bound functions, and after them what the current call needs
;;
;; The host may bind the function any number of times, and use all of them in turn. So everything that belongs to a
;; bound function is stored at its address, and nothing in a global.
(module
  ;; Makes a handle of the address of a bound function: by the handle, the host refers to it.
  (import "[export]quidditch:udf/values@0.2.0" "[resource-new]bound-values"
    (func $new_handle (param i32) (result i32)))

  (memory (export "memory") 1)

  ;; ---- Memory -------------------------------------------------------------------------------------------------------

  ;; The address of the first free byte.
  (global $top (mut i32) (i32.const 2048))
  ;; The address of the first byte after the bound functions.
  (global $floor (mut i32) (i32.const 2048))
  ;; The number of bound functions.
  (global $bounds (mut i32) (i32.const 0))

  ;; Allocates memory upwards. The host calls it for each list and string that it passes; it never resizes one.
  (func $allocate (export "cabi_realloc")
    (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
    (local $block i32) (local $missing_pages i32)
    ;; The top, rounded up to the alignment.
    (local.set $block
      (i32.and
        (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $top (i32.add (local.get $block) (local.get $len)))
    (if (i32.lt_u (global.get $top) (local.get $block)) (then unreachable))
    (local.set $missing_pages
      (i32.sub
        (i32.add (i32.shr_u (global.get $top) (i32.const 16)) (i32.const 1))
        (memory.size)))
    (if (i32.gt_s (local.get $missing_pages) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $missing_pages)) (i32.const -1)) (then unreachable))))
    (local.get $block))

  ;; The host has read the result of a call: frees everything that was allocated since the last function was bound.
  (func (export "cabi_post_quidditch:udf/values@0.2.0#[static]bound-values.bind") (param $result i32)
    (global.set $top (global.get $floor)))
  (func (export "cabi_post_quidditch:udf/values@0.2.0#[method]bound-values.compute") (param $result i32)
    (global.set $top (global.get $floor)))

  ;; A bound function is dropped. With the last one, all memory is free again.
  (func (export "quidditch:udf/values@0.2.0#[dtor]bound-values") (param $bound i32)
    (global.set $bounds (i32.sub (global.get $bounds) (i32.const 1)))
    (if (i32.eqz (global.get $bounds))
      (then
        (global.set $floor (i32.const 2048))
        (global.set $top (i32.const 2048)))))

  ;; ---- Description --------------------------------------------------------------------------------------------------

  ;; The summary, and the list of parameters.
  (data (i32.const 0) (i32 256 92))
  (data (i32.const 8) (i32 16 2))
  ;; A parameter has 48 bytes:
  ;;   0    name
  ;;   8    kind: 0 boolean, 1 integer, 2 float, 3 text, 4 integers, 5 floats, 6 texts, 7 json, 8 field
  ;;   9    whether it is required
  ;;   16   whether it has a default; 24 the case of the default, numbered as the kinds; 32 the default
  ;;   40   summary
  (data (i32.const 16)
    ;; field
    (i32 352 5) (i8 8 1) (i8 0 0 0 0 0 0)
    (i8 0) (i8 0 0 0 0 0 0 0) (i64 0 0)
    (i32 368 25)
    ;; rate
    (i32 400 4) (i8 2 1) (i8 0 0 0 0 0 0)
    (i8 0) (i8 0 0 0 0 0 0 0) (i64 0 0)
    (i32 416 42))

  ;; 92 bytes
  (data (i32.const 256) "The values of a field with a rate added, such as a tax; documents without a value have none.")
  (data (i32.const 352) "field") ;; 5 bytes
  (data (i32.const 368) "The number field to read.") ;; 25 bytes
  (data (i32.const 400) "rate") ;; 4 bytes
  (data (i32.const 416) "The rate to add, in percent, -100 or more.") ;; 42 bytes
  (data (i32.const 464) "parameter [rate] must not be less than -100") ;; 43 bytes

  (func (export "quidditch:udf/metadata@0.2.0#summary") (result i32) (i32.const 0))
  (func (export "quidditch:udf/metadata@0.2.0#parameters") (result i32) (i32.const 8))
  ;; The memory that it needs, in MiB; 0 is what the host grants by default.
  (func (export "quidditch:udf/metadata@0.2.0#memory-mib") (result i32) (i32.const 0))

  ;; ---- The values ---------------------------------------------------------------------------------------------------
  ;;
  ;; A bound function has 32 bytes:
  ;;   0    the list of columns, as `columns` returns it
  ;;   8    the only column: field (8); kind (1): 0 booleans, 1 integers, 2 floats, 3 texts, 4 dates
  ;;   24   the factor of each value

  ;; The arguments are in the order of the parameters, with defaults filled in: the host has checked them. An argument
  ;; has 24 bytes: name (8), case of the value (1, padded to 8), value (8).
  (func (export "quidditch:udf/values@0.2.0#[static]bound-values.bind")
    (param $arguments i32) (param $count i32) (result i32)
    (local $bound i32) (local $rate f64)
    (local.set $rate (f64.load offset=40 (local.get $arguments))) ;; the value of the second argument
    (if (f64.lt (local.get $rate) (f64.const -100))
      (then
        (i32.store (i32.const 1024) (i32.const 1)) ;; an error
        (i32.store (i32.const 1028) (i32.const 0)) ;; `invalid-argument`; 1 is `failed`
        (i32.store (i32.const 1032) (i32.const 464)) ;; the message
        (i32.store (i32.const 1036) (i32.const 43))
        (return (i32.const 1024))))

    (local.set $bound (call $allocate (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 32)))
    (i32.store (local.get $bound) (i32.add (local.get $bound) (i32.const 8)))
    (i32.store offset=4 (local.get $bound) (i32.const 1))
    ;; The value of the first argument: address and length of the name of the field.
    (i64.store offset=8 (local.get $bound) (i64.load offset=16 (local.get $arguments)))
    (i32.store offset=16 (local.get $bound) (i32.const 2))
    (f64.store offset=24 (local.get $bound) (f64.add (f64.const 1) (f64.div (local.get $rate) (f64.const 100))))

    ;; Keeps what was allocated so far: the bound function, and the arguments, of which it uses the name of the field.
    (global.set $floor (global.get $top))
    (global.set $bounds (i32.add (global.get $bounds) (i32.const 1)))

    (i32.store (i32.const 1024) (i32.const 0)) ;; no error
    (i32.store (i32.const 1028) (call $new_handle (local.get $bound)))
    (i32.const 1024))

  (func (export "quidditch:udf/values@0.2.0#[method]bound-values.columns") (param $bound i32) (result i32)
    (local.get $bound))

  ;; The type of the values: floats.
  (func (export "quidditch:udf/values@0.2.0#[method]bound-values.kind") (param $bound i32) (result i32) (i32.const 2))

  ;; A batch is passed as its fields: the number of documents, the scores, the columns. A column has 36 bytes:
  ;;   0    case of the values: 0 booleans, 1 integers and dates, 2 floats, 3 texts
  ;;   4    the list of values; for texts: the lists of codes, ends and bytes
  ;;   28   the list of starts; if it is empty, each document has exactly one value
  (func (export "quidditch:udf/values@0.2.0#[method]bound-values.compute") (param $bound i32)
    (param $len i32) (param $scores i32) (param $scores_len i32) (param $columns i32) (param $columns_len i32)
    (result i32)
    (local $factor f64) (local $value i32) (local $end i32)
    (local.set $factor (f64.load offset=24 (local.get $bound)))
    ;; The result is the column that was passed in, with the same starts: each value is replaced.
    (local.set $value (i32.load offset=4 (local.get $columns)))
    (local.set $end (i32.add (local.get $value) (i32.shl (i32.load offset=8 (local.get $columns)) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $value) (local.get $end)))
        (f64.store (local.get $value) (f64.mul (f64.load (local.get $value)) (local.get $factor)))
        (local.set $value (i32.add (local.get $value) (i32.const 8)))
        (br $next)))
    (i32.store (i32.const 1024) (i32.const 0)) ;; no error
    (memory.copy (i32.const 1028) (local.get $columns) (i32.const 36))
    (i32.const 1024))
)
