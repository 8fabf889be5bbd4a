;; Adds `factor` x ln(1 + the largest value of `field`) to the score so far.
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
;;   2048 ..    bound scorers, and after them what the current call needs
;;
;; The host may bind any number of scorers, and use all of them in turn. So everything that belongs to a bound scorer
;; is stored at its address, and nothing in a global.
(module
  ;; Makes a handle of the address of a bound scorer: by the handle, the host refers to it.
  (import "[export]quidditch:udf/scorer@0.2.0" "[resource-new]bound-scorer"
    (func $new_handle (param i32) (result i32)))

  (memory (export "memory") 1)

  ;; ---- Memory -------------------------------------------------------------------------------------------------------

  ;; The address of the first free byte.
  (global $top (mut i32) (i32.const 2048))
  ;; The address of the first byte after the bound scorers.
  (global $floor (mut i32) (i32.const 2048))
  ;; The number of bound scorers.
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

  ;; The host has read the result of a call: frees everything that was allocated since the last scorer was bound.
  (func (export "cabi_post_quidditch:udf/scorer@0.2.0#[static]bound-scorer.bind") (param $result i32)
    (global.set $top (global.get $floor)))
  (func (export "cabi_post_quidditch:udf/scorer@0.2.0#[method]bound-scorer.score") (param $result i32)
    (global.set $top (global.get $floor)))

  ;; A bound scorer is dropped. With the last one, all memory is free again.
  (func (export "quidditch:udf/scorer@0.2.0#[dtor]bound-scorer") (param $bound i32)
    (global.set $bounds (i32.sub (global.get $bounds) (i32.const 1)))
    (if (i32.eqz (global.get $bounds))
      (then
        (global.set $floor (i32.const 2048))
        (global.set $top (i32.const 2048)))))

  ;; ---- Description --------------------------------------------------------------------------------------------------

  ;; The summary, and the list of parameters.
  (data (i32.const 0) (i32 256 87))
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
    (i32 368 63)
    ;; factor
    (i32 432 6) (i8 2 0) (i8 0 0 0 0 0 0)
    (i8 1) (i8 0 0 0 0 0 0 0) (i8 2) (i8 0 0 0 0 0 0 0) (f64 1.0)
    (i32 448 35))

  ;; 87 bytes
  (data (i32.const 256) "Adds the logarithm of a field to the score; documents without a value keep their score.")
  (data (i32.const 352) "field") ;; 5 bytes
  ;; 63 bytes
  (data (i32.const 368) "The number field to read; the largest value counts, at least 0.")
  (data (i32.const 432) "factor") ;; 6 bytes
  (data (i32.const 448) "The weight of the field, 0 or more.") ;; 35 bytes
  (data (i32.const 496) "parameter [factor] must not be negative") ;; 39 bytes

  (func (export "quidditch:udf/metadata@0.2.0#summary") (result i32) (i32.const 0))
  (func (export "quidditch:udf/metadata@0.2.0#parameters") (result i32) (i32.const 8))
  ;; The memory that it needs, in MiB; 0 is what the host grants by default.
  (func (export "quidditch:udf/metadata@0.2.0#memory-mib") (result i32) (i32.const 0))

  ;; ---- The scorer ---------------------------------------------------------------------------------------------------
  ;;
  ;; A bound scorer has 32 bytes:
  ;;   0    the list of columns, as `columns` returns it
  ;;   8    the only column: field (8); kind (1): 0 booleans, 1 integers, 2 floats, 3 texts, 4 dates
  ;;   24   factor

  ;; The arguments are in the order of the parameters, with defaults filled in: the host has checked them. An argument
  ;; has 24 bytes: name (8), case of the value (1, padded to 8), value (8).
  (func (export "quidditch:udf/scorer@0.2.0#[static]bound-scorer.bind")
    (param $arguments i32) (param $count i32) (result i32)
    (local $bound i32) (local $factor f64)
    (local.set $factor (f64.load offset=40 (local.get $arguments))) ;; the value of the second argument
    (if (f64.lt (local.get $factor) (f64.const 0))
      (then
        (i32.store (i32.const 1024) (i32.const 1)) ;; an error
        (i32.store (i32.const 1028) (i32.const 0)) ;; `invalid-argument`; 1 is `failed`
        (i32.store (i32.const 1032) (i32.const 496)) ;; the message
        (i32.store (i32.const 1036) (i32.const 39))
        (return (i32.const 1024))))

    (local.set $bound (call $allocate (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 32)))
    (i32.store (local.get $bound) (i32.add (local.get $bound) (i32.const 8)))
    (i32.store offset=4 (local.get $bound) (i32.const 1))
    ;; The value of the first argument: address and length of the name of the field.
    (i64.store offset=8 (local.get $bound) (i64.load offset=16 (local.get $arguments)))
    (i32.store offset=16 (local.get $bound) (i32.const 2))
    (f64.store offset=24 (local.get $bound) (local.get $factor))

    ;; Keeps what was allocated so far: the bound scorer, and the arguments, of which it uses the name of the field.
    (global.set $floor (global.get $top))
    (global.set $bounds (i32.add (global.get $bounds) (i32.const 1)))

    (i32.store (i32.const 1024) (i32.const 0)) ;; no error
    (i32.store (i32.const 1028) (call $new_handle (local.get $bound)))
    (i32.const 1024))

  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.columns") (param $bound i32) (result i32)
    (local.get $bound))

  ;; The scores so far are needed.
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.needs-score") (param $bound i32) (result i32)
    (i32.const 1))

  ;; No bound is known: the field may have any value.
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.max-score")
    (param $bound i32) (param $score f32) (result f32)
    (f32.const inf))

  ;; A batch is passed as its fields: the number of documents, the scores, the columns. A column has 36 bytes:
  ;;   0    case of the values: 0 booleans, 1 integers and dates, 2 floats, 3 texts
  ;;   4    the list of values; for texts: the lists of codes, ends and bytes
  ;;   28   the list of starts; if it is empty, each document has exactly one value
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.score") (param $bound i32)
    (param $len i32) (param $scores i32) (param $scores_len i32) (param $columns i32) (param $columns_len i32)
    (result i32)
    (local $factor f64) (local $values i32) (local $starts i32) (local $score i32)
    (local $i i32) (local $begin i32) (local $end i32)
    (local.set $factor (f64.load offset=24 (local.get $bound)))
    (local.set $values (i32.load offset=4 (local.get $columns)))
    (if (i32.load offset=32 (local.get $columns))
      (then (local.set $starts (i32.load offset=28 (local.get $columns)))))
    ;; The results replace the scores so far.
    (local.set $score (local.get $scores))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (local.get $len)))
        ;; The values of a document are those from $begin to before $end, in ascending order.
        (local.set $begin (local.get $end))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $end (local.get $i))
        (if (local.get $starts)
          (then (local.set $end (i32.load (i32.add (local.get $starts) (i32.shl (local.get $i) (i32.const 2)))))))
        (if (i32.lt_u (local.get $begin) (local.get $end))
          (then ;; the last value is the largest
            (f32.store (local.get $score)
              (f32.add
                (f32.load (local.get $score))
                (f32.demote_f64
                  (f64.mul
                    (local.get $factor)
                    (call $ln
                      (f64.add
                        (f64.const 1)
                        (f64.max
                          (f64.const 0)
                          (f64.load
                            (i32.add
                              (local.get $values)
                              (i32.shl (i32.sub (local.get $end) (i32.const 1)) (i32.const 3)))))))))))))
        (local.set $score (i32.add (local.get $score) (i32.const 4)))
        (br $next)))
    (i32.store (i32.const 1024) (i32.const 0)) ;; no error
    (i32.store (i32.const 1028) (local.get $scores))
    (i32.store (i32.const 1032) (local.get $len))
    (i32.const 1024))

  ;; The natural logarithm of a finite x of at least 1, with an error of less than 1e-9.
  ;;
  ;; x is m * 2^e with 1/sqrt(2) <= m < sqrt(2), so ln x = e ln 2 + ln m, and ln m = 2 (s + s^3/3 + s^5/5 + ...) with
  ;; s = (m - 1) / (m + 1), which is at most 0.172.
  (func $ln (param $x f64) (result f64)
    (local $bits i64) (local $exponent i64) (local $m f64) (local $s f64) (local $square f64)
    ;; The bits of sqrt(1/2) are subtracted, so that the exponent changes at sqrt(2) and not at 2.
    (local.set $bits (i64.reinterpret_f64 (local.get $x)))
    (local.set $exponent
      (i64.shr_s (i64.sub (local.get $bits) (i64.const 0x3fe6a09e667f3bcd)) (i64.const 52)))
    (local.set $m (f64.reinterpret_i64 (i64.sub (local.get $bits) (i64.shl (local.get $exponent) (i64.const 52)))))
    (local.set $s (f64.div (f64.sub (local.get $m) (f64.const 1)) (f64.add (local.get $m) (f64.const 1))))
    (local.set $square (f64.mul (local.get $s) (local.get $s)))
    (f64.add
      (f64.mul (f64.convert_i64_s (local.get $exponent)) (f64.const 0.69314718055994530942))
      (f64.mul
        (f64.mul (f64.const 2) (local.get $s))
        (f64.add (f64.const 1) (f64.mul (local.get $square)
          (f64.add (f64.const 0.33333333333333333) (f64.mul (local.get $square)
            (f64.add (f64.const 0.2) (f64.mul (local.get $square)
              (f64.add (f64.const 0.14285714285714286) (f64.mul (local.get $square)
                (f64.const 0.11111111111111111))))))))))))
)
