;; A well-behaved function: a filter that keeps documents whose `population` is at least the first argument, a scorer whose scores
;; are the `population`, and values, which are the `population` as well. Tests may replace each {{part}}. The roles between square
;; brackets are in the module only if its world has them.
(module
  ;; [filter
  (import "[export]quidditch:udf/filter@0.2.0" "[resource-new]bound-filter" (func $new_filter (param i32) (result i32)))
  ;; filter]
  ;; [scorer
  (import "[export]quidditch:udf/scorer@0.2.0" "[resource-new]bound-scorer" (func $new_scorer (param i32) (result i32)))
  ;; scorer]
  ;; [values
  (import "[export]quidditch:udf/values@0.2.0" "[resource-new]bound-values" (func $new_values (param i32) (result i32)))
  ;; values]
  {{imports}}

  (memory (export "memory") {{pages}})
  ;; The address of the last bound filter, which is its minimum. There is room for 128 from 3072 on.
  (global $last (mut i32) (i32.const 3072))
  ;; Column request: field, kind 2 (floats).
  (data (i32.const 1024) "\50\04\00\00\0a\00\00\00\02\00\00\00")
  (data (i32.const 1104) "population")
  (data (i32.const 1200) "keeps large values")
  ;; Parameter: name, kind 2 (float), required, no default, summary.
  (data (i32.const 1248) "\38\05\00\00\07\00\00\00\02\01\00\00\00\00\00\00")
  (data (i32.const 1288) "\50\05\00\00\0c\00\00\00")
  (data (i32.const 1336) "minimum")
  (data (i32.const 1360) "at least so!")
  {{items}}

  ;; Memory is allocated upwards from here, and freed as a whole after each batch.
  (global $next (mut i32) (i32.const 4096))
  (func $allocate (export "cabi_realloc")
    (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $start i32)
    {{allocate}}
    (local.set $start
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $start) (local.get $size)))
    (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
      (then
        (if (i32.eq (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))) (i32.const -1))
          (then unreachable))))
    (local.get $start))
  (func $free (param i32) {{free}} (global.set $next (i32.const 4096)))

  ;; Results.
  (func $list (param $start i32) (param $len i32) (result i32)
    (i32.store (i32.const 8) (local.get $start))
    (i32.store (i32.const 12) (local.get $len))
    (i32.const 8))
  (func $ok_list (param $start i32) (param $len i32) (result i32)
    (i32.store (i32.const 16) (i32.const 0))
    (i32.store (i32.const 20) (local.get $start))
    (i32.store (i32.const 24) (local.get $len))
    (i32.const 16))
  ;; A column: the case of its values, three lists of which numbers use one, and the starts.
  (func $ok_column
    (param $case i32) (param $start i32) (param $len i32) (param $starts i32) (param $starts_len i32) (result i32)
    (i32.store (i32.const 16) (i32.const 0))
    (i32.store (i32.const 20) (local.get $case))
    (i32.store (i32.const 24) (local.get $start))
    (i32.store (i32.const 28) (local.get $len))
    (i32.store (i32.const 48) (local.get $starts))
    (i32.store (i32.const 52) (local.get $starts_len))
    (i32.const 16))
  (func $ok_handle (param $handle i32) (result i32)
    (i32.store (i32.const 16) (i32.const 0))
    (i32.store (i32.const 20) (local.get $handle))
    (i32.const 16))
  ;; Kind 0 is invalid-argument, 1 is failed.
  (func $error (param $kind i32) (param $start i32) (param $len i32) (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i32.store (i32.const 20) (local.get $kind))
    (i32.store (i32.const 24) (local.get $start))
    (i32.store (i32.const 28) (local.get $len))
    (i32.const 16))

  (func (export "quidditch:udf/metadata@0.2.0#summary") (result i32) {{summary}})
  (func (export "quidditch:udf/metadata@0.2.0#parameters") (result i32) {{parameters}})
  (func (export "quidditch:udf/metadata@0.2.0#memory-mib") (result i32) {{memory_mib}})

  ;; [filter
  (func (export "quidditch:udf/filter@0.2.0#[static]bound-filter.bind")
    (param $arguments i32) (param $count i32) (result i32) {{bind}})
  (func (export "quidditch:udf/filter@0.2.0#[method]bound-filter.columns") (param $self i32) (result i32) {{columns}})
  (func (export "quidditch:udf/filter@0.2.0#[method]bound-filter.ranges") (param $self i32) (result i32) {{ranges}})
  (func (export "quidditch:udf/filter@0.2.0#[method]bound-filter.keep")
    (param $self i32) (param $len i32) (param $scores i32) (param $scores_len i32)
    (param $columns i32) (param $columns_len i32) (result i32)
    (local $values i32) (local $kept i32) (local $i i32)
    {{keep}})
  (export "cabi_post_quidditch:udf/filter@0.2.0#[method]bound-filter.keep" (func $free))
  ;; filter]

  ;; [scorer
  (func (export "quidditch:udf/scorer@0.2.0#[static]bound-scorer.bind")
    (param $arguments i32) (param $count i32) (result i32) {{bind_scorer}})
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.columns") (param $self i32) (result i32) {{columns}})
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.needs-score") (param $self i32) (result i32) {{needs_score}})
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.max-score")
    (param $self i32) (param $score f32) (result f32) {{max_score}})
  (func (export "quidditch:udf/scorer@0.2.0#[method]bound-scorer.score")
    (param $self i32) (param $len i32) (param $scores i32) (param $scores_len i32)
    (param $columns i32) (param $columns_len i32) (result i32)
    (local $values i32) (local $given i32) (local $i i32)
    {{score}})
  (export "cabi_post_quidditch:udf/scorer@0.2.0#[method]bound-scorer.score" (func $free))
  ;; scorer]

  ;; [values
  (func (export "quidditch:udf/values@0.2.0#[static]bound-values.bind")
    (param $arguments i32) (param $count i32) (result i32) {{bind_values}})
  (func (export "quidditch:udf/values@0.2.0#[method]bound-values.columns") (param $self i32) (result i32) {{columns}})
  (func (export "quidditch:udf/values@0.2.0#[method]bound-values.kind") (param $self i32) (result i32) {{kind}})
  (func (export "quidditch:udf/values@0.2.0#[method]bound-values.compute")
    (param $self i32) (param $len i32) (param $scores i32) (param $scores_len i32)
    (param $columns i32) (param $columns_len i32) (result i32)
    {{compute}})
  (export "cabi_post_quidditch:udf/values@0.2.0#[method]bound-values.compute" (func $free))
  ;; values]
)
