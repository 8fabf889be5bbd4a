;; Converts NaN to an integer.
;;@ part keep
(i32.trunc_f64_s (f64.const nan))
