// Write functions for Quidditch in C.
//
// A function describes itself with `QD_FUNCTION`, and has one or more roles: `QD_FILTER`, `QD_SCORER`, `QD_VALUES`.
// In each role it consists of a type for what one query clause needs, of `bind`, which fills in a value of that type,
// and of a function that computes a batch of documents:
//
//     typedef struct { double min; } at_least;
//
//     static const qd_error *bind(at_least *self, qd_clause *clause) {
//       self->min = qd_get_float(clause, "min");
//       qd_request(clause, qd_get_text(clause, "field"), QD_FLOATS);
//       return NULL;
//     }
//
//     static const qd_error *keep(const at_least *self, const qd_batch *batch, bool *keep) { ... }
//
//     QD_FUNCTION("Keeps documents with a value of at least `min`.",
//                 QD_REQUIRED("field", FIELD, "The number field to read."),
//                 QD_REQUIRED("min", FLOAT, "The smallest value to keep."));
//     QD_FILTER(at_least, .bind = bind, .keep = keep);
//
// Memory: nothing has to be freed. What `bind` gets and allocates lives as long as what it binds; what the other
// functions get and allocate lives until they return. The function is bound several times in one program, so keep no
// state in variables of the program.
//
// The structures below are those of the canonical ABI of the component model, so nothing is converted or copied.

#ifndef QUIDDITCH_H
#define QUIDDITCH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// ---- Texts, memory, errors, log ---------------------------------------------------------------------------------

// A text in UTF-8. In arguments, a NUL follows it.
typedef struct {
  const char *bytes;
  size_t len;
} qd_text;

// Marks a function that runs once for each clause, such as `bind`: it is optimized for size. What loops over documents
// is optimized for speed.
#define QD_ONCE __attribute__((cold, minsize))

// The text of a string literal, as a constant.
#define QD_TEXT(literal) {"" literal, sizeof(literal) - 1}

static inline bool qd_equal(qd_text a, qd_text b) { return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0; }

// Allocates memory that is freed for you: see the top of this file. It never returns NULL. The memory is not cleared.
__attribute__((malloc, returns_nonnull)) void *qd_alloc(size_t len);

// Enlarges memory that `qd_alloc` or `qd_grow` returned; it may move. NULL is a block of length 0. Growing step by
// step is cheap.
__attribute__((returns_nonnull)) void *qd_grow(void *memory, size_t len);

// Joins strings: qd_concat("parameter [", name, "] must not be negative").
#define qd_concat(...) qd_concat_((const char *const[]){__VA_ARGS__, NULL})
const char *qd_concat_(const char *const *parts);

typedef struct qd_error qd_error;

// Errors, for `return`. The first is reported to the caller as an error in the request: name the parameter in square
// brackets.
const qd_error *qd_invalid_argument(const char *message);
const qd_error *qd_failed(const char *message);

// Ends the program. The host's error has the message, as it has for `assert`.
_Noreturn void qd_panic(const char *message);

typedef enum { QD_DEBUG, QD_INFO, QD_WARN, QD_ERROR } qd_level;

void qd_log(qd_level level, const char *message);

// ---- Arguments --------------------------------------------------------------------------------------------------

typedef struct { const int64_t *items; size_t len; } qd_integers;
typedef struct { const double *items; size_t len; } qd_floats;
typedef struct { const qd_text *items; size_t len; } qd_texts;

// The kinds of parameters, and of their values. The value of a field is a text: its name.
typedef enum {
  QD_PARAMETER_BOOLEAN,
  QD_PARAMETER_INTEGER,
  QD_PARAMETER_FLOAT,
  QD_PARAMETER_TEXT,
  QD_PARAMETER_INTEGERS,
  QD_PARAMETER_FLOATS,
  QD_PARAMETER_TEXTS,
  QD_PARAMETER_JSON,
  QD_PARAMETER_FIELD,
} qd_parameter_kind;

typedef struct {
  uint8_t kind;  // a `qd_parameter_kind`
  union {
    bool boolean;
    int64_t integer;
    double number;
    qd_text text;  // also of JSON
    qd_integers integers;
    qd_floats floats;
    qd_texts texts;
  };
} qd_value;

typedef struct {
  qd_text name;
  qd_value value;
} qd_argument;

// The type of the values of a column. Booleans are 0 or 1, dates are milliseconds since 1970.
typedef enum { QD_BOOLEANS, QD_INTEGERS, QD_FLOATS, QD_TEXTS, QD_DATES } qd_kind;

typedef struct qd_request_ qd_request_;
typedef struct qd_range_ qd_range_;

// One clause of a query: the arguments, and what `bind` asks for.
typedef struct {
  // In the order of the parameters, with defaults filled in. The host has checked them against the parameters.
  const qd_argument *arguments;
  size_t argument_count;

  // For a scorer: whether it needs the score so far. By default it does not.
  bool needs_score;
  // For values: their type. By default they are floats.
  qd_kind kind;

  // Internal.
  struct { qd_request_ *items; size_t len; } columns;
  struct { qd_range_ *items; size_t len; } ranges;
  void *memory;
} qd_clause;

// The argument with this name, or NULL if it is optional and was not given.
const qd_value *qd_find(const qd_clause *clause, const char *name);

static inline bool qd_has(const qd_clause *clause, const char *name) { return qd_find(clause, name) != NULL; }

// The argument with this name. It is a mistake, which ends the program, if there is none or if it has another type.
bool qd_get_boolean(const qd_clause *clause, const char *name);
int64_t qd_get_integer(const qd_clause *clause, const char *name);
double qd_get_float(const qd_clause *clause, const char *name);
const char *qd_get_text(const qd_clause *clause, const char *name);  // also for fields
const char *qd_get_json(const qd_clause *clause, const char *name);
qd_integers qd_get_integers(const qd_clause *clause, const char *name);
qd_floats qd_get_floats(const qd_clause *clause, const char *name);
qd_texts qd_get_texts(const qd_clause *clause, const char *name);

// Asks for the values of a field, and returns the index that the column will have in each batch.
size_t qd_request(qd_clause *clause, const char *field, qd_kind kind);

// For a filter: announces that it keeps no document without a value from `min` to `max`, both included, in a column.
// The host need not call the filter with other documents. If `min` is greater than `max`, these are the values of at
// least `min` or at most `max`.
void qd_announce_range(qd_clause *clause, size_t column, double min, double max);

// ---- Batches ----------------------------------------------------------------------------------------------------

// The values of one field. Copy it to a local variable before a loop: then the compiler knows that nothing in the
// loop changes it.
typedef struct {
  uint8_t type;  // internal
  union {
    const bool *booleans;
    const int64_t *integers;  // also dates
    const double *floats;
    const uint32_t *codes;  // of texts: `qd_distinct` returns the text of a code
  };
  size_t len;  // the number of values

  // Texts only: the distinct texts of the batch. Text `i` is `bytes` from `ends[i - 1]` (0 for the first) to
  // `ends[i]`.
  const uint32_t *ends;
  size_t distinct_count;
  const char *bytes;
  size_t byte_count;

  // Document `i` has the values from `starts[i]` to `starts[i + 1]`, in ascending order (but see the contract for geo
  // points). NULL means exactly one value per document. `qd_begin` and `qd_end` handle both.
  const uint32_t *starts;
  size_t start_count;
} qd_column;

// The values of a document are those from `qd_begin` to before `qd_end`.
static inline size_t qd_begin(const qd_column *column, size_t document) {
  return column->starts ? column->starts[document] : document;
}
static inline size_t qd_end(const qd_column *column, size_t document) { return qd_begin(column, document + 1); }

// The text of a code, without a NUL. Compute what depends on it once for each of the `distinct_count` codes, not for
// each value.
static inline qd_text qd_distinct(const qd_column *column, size_t code) {
  size_t begin = code ? column->ends[code - 1] : 0;
  return (qd_text){column->bytes + begin, column->ends[code] - begin};
}

// Adds a distinct text to a result, and returns its code.
uint32_t qd_add_distinct(qd_column *result, const char *bytes, size_t len);

typedef struct {
  size_t len;  // the number of documents
  const qd_column *columns;
  size_t column_count;
} qd_batch;

// ---- What the program exports -----------------------------------------------------------------------------------

// Describes the function and its parameters, which are of kind BOOLEAN, INTEGER, FLOAT, TEXT, INTEGERS, FLOATS,
// TEXTS, JSON or FIELD.
//
//     QD_FUNCTION("Summary.",
//                 QD_REQUIRED("field", FIELD, "The field to read."),
//                 QD_OPTIONAL("max", FLOAT, "The largest value to keep."),
//                 QD_DEFAULT("mode", TEXT, "fast", "How to compute."),
//                 QD_DEFAULT("weights", FLOATS, ((double[]){1, 2}), "The weights."));
#define QD_FUNCTION(summary_, ...)                                                                                   \
  static const qd_parameter_ qd_parameters_[] = {__VA_ARGS__};                                                       \
  QD_EXPORT_("metadata@0.2.0#summary") const void *qd_summary_(void) {                                               \
    static const qd_text summary = QD_TEXT(summary_);                                                                \
    return &summary;                                                                                                 \
  }                                                                                                                  \
  QD_EXPORT_("metadata@0.2.0#parameters") const void *qd_parameter_list_(void) {                                     \
    static const struct { const qd_parameter_ *items; size_t len; } list = {                                         \
        qd_parameters_, sizeof qd_parameters_ / sizeof(qd_parameter_)};                                              \
    return &list;                                                                                                    \
  }                                                                                                                  \
  _Static_assert(1, "for the semicolon")

#define QD_REQUIRED(name_, kind_, summary_) \
  {.name = QD_TEXT(name_), .kind = QD_PARAMETER_##kind_, .required = true, .summary = QD_TEXT(summary_)}
#define QD_OPTIONAL(name_, kind_, summary_) \
  {.name = QD_TEXT(name_), .kind = QD_PARAMETER_##kind_, .summary = QD_TEXT(summary_)}
#define QD_DEFAULT(name_, kind_, value_, summary_)           \
  {.name = QD_TEXT(name_),                                   \
   .kind = QD_PARAMETER_##kind_,                             \
   .has_default = true,                                      \
   .default_value = QD_VALUE_##kind_(value_),                \
   .summary = QD_TEXT(summary_)}

// The memory that the program may need, in MiB. Define it if that is more than the host grants by default:
// `const uint32_t qd_memory_mib = 200;`
extern const uint32_t qd_memory_mib;

// The roles. In each, `type` is the type of `self`, which is cleared before `bind`, and errors are NULL for success.
// Each has these functions:
//
//     const qd_error *bind(type *self, qd_clause *clause)
//     void drop(type *self)
//
// `drop` may be left out: `self` and what `qd_alloc` returned are freed in any case. It is not called if `bind` fails.

// A filter decides which documents to keep. `keep` has one element for each document, which is false before.
//
//     const qd_error *keep(const type *self, const qd_batch *batch, bool *keep)
#define QD_FILTER(type, ...)                                                                                         \
  QD_ROLE_(filter, type, const qd_error *(*keep)(const type *, const qd_batch *, bool *), keep, __VA_ARGS__)         \
  QD_EXPORT_("filter@0.2.0#[method]bound-filter.ranges") const void *qd_filter_ranges_(qd_filter_bound_ *bound) {    \
    return &bound->clause.ranges;                                                                                    \
  }                                                                                                                  \
  QD_EXPORT_("filter@0.2.0#[method]bound-filter.keep")                                                               \
  const void *qd_filter_keep_(qd_filter_bound_ *bound, QD_BATCH_) {                                                  \
    (void)scores, (void)score_count;                                                                                 \
    qd_batch batch = qd_read_batch_(len, columns, column_count);                                                     \
    bool *keep = qd_alloc_cleared_(len);                                                                             \
    return qd_list_result_(qd_filter_.keep(&bound->self, &batch, keep), keep, len);                                  \
  }                                                                                                                  \
  QD_POST_RETURN_(filter, keep)                                                                                      \
  _Static_assert(1, "for the semicolon")

// A scorer computes scores. `scores` has one element for each document, which is its score so far before if the clause
// needs it, otherwise 0. `max_score` is the most that a document gets whose score so far is at most `score`; leave it out
// if that is not known.
//
//     const qd_error *score(const type *self, const qd_batch *batch, float *scores)
//     float max_score(const type *self, float score)
#define QD_SCORER(type, ...)                                                                                         \
  QD_ROLE_(scorer, type, const qd_error *(*score)(const type *, const qd_batch *, float *);                          \
           float (*max_score)(const type *, float), score, __VA_ARGS__)                                              \
  QD_EXPORT_("scorer@0.2.0#[method]bound-scorer.needs-score") bool qd_scorer_needs_score_(qd_scorer_bound_ *bound) { \
    return bound->clause.needs_score;                                                                                \
  }                                                                                                                  \
  QD_EXPORT_("scorer@0.2.0#[method]bound-scorer.max-score")                                                          \
  float qd_scorer_max_score_(qd_scorer_bound_ *bound, float score) {                                                 \
    return qd_scorer_.max_score ? qd_scorer_.max_score(&bound->self, score) : INFINITY;                              \
  }                                                                                                                  \
  QD_EXPORT_("scorer@0.2.0#[method]bound-scorer.score")                                                              \
  const void *qd_scorer_score_(qd_scorer_bound_ *bound, QD_BATCH_) {                                                 \
    qd_batch batch = qd_read_batch_(len, columns, column_count);                                                     \
    if (score_count < len) scores = qd_alloc_cleared_(len * sizeof(float));                                          \
    return qd_list_result_(qd_scorer_.score(&bound->self, &batch, scores), scores, len);                             \
  }                                                                                                                  \
  QD_POST_RETURN_(scorer, score)                                                                                     \
  _Static_assert(1, "for the semicolon")

// Values are computed for each document. `bind` sets `kind` of the clause if they are not floats.
//
//     const qd_error *compute(const type *self, const qd_batch *batch, qd_column *result)
//
// `compute` sets the member of `result` that fits the kind, `len`, and also `starts` unless each document has one value.
// For texts it sets `codes`, and adds the texts with `qd_add_distinct`.
#define QD_VALUES(type, ...)                                                                                         \
  QD_ROLE_(values, type, const qd_error *(*compute)(const type *, const qd_batch *, qd_column *), compute,           \
           __VA_ARGS__)                                                                                              \
  QD_EXPORT_("values@0.2.0#[method]bound-values.kind") uint32_t qd_values_kind_(qd_values_bound_ *bound) {           \
    return bound->clause.kind;                                                                                       \
  }                                                                                                                  \
  QD_EXPORT_("values@0.2.0#[method]bound-values.compute")                                                            \
  const void *qd_values_compute_(qd_values_bound_ *bound, QD_BATCH_) {                                               \
    (void)scores, (void)score_count;                                                                                 \
    qd_batch batch = qd_read_batch_(len, columns, column_count);                                                     \
    qd_column result = {0};                                                                                          \
    const qd_error *error = qd_values_.compute(&bound->self, &batch, &result);                                       \
    return qd_column_result_(error, &result, bound->clause.kind, len);                                               \
  }                                                                                                                  \
  QD_POST_RETURN_(values, compute)                                                                                   \
  _Static_assert(1, "for the semicolon")

// ---- Internal ---------------------------------------------------------------------------------------------------

// What every role exports. The host holds a handle for each `qd_ROLE_bound_`.
#define QD_ROLE_(role, type, functions, main_function, ...)                                                          \
  static const struct {                                                                                              \
    const qd_error *(*bind)(type *, qd_clause *);                                                                    \
    void (*drop)(type *);                                                                                            \
    functions;                                                                                                       \
  } qd_##role##_ = {__VA_ARGS__};                                                                                    \
  typedef struct {                                                                                                   \
    qd_clause clause;                                                                                                \
    type self;                                                                                                       \
  } qd_##role##_bound_;                                                                                              \
  __attribute__((import_module("[export]quidditch:udf/" #role "@0.2.0"), import_name("[resource-new]bound-" #role))) \
  int32_t qd_##role##_handle_(qd_##role##_bound_ *bound);                                                            \
  __attribute__((error("the " #role " lacks .bind or ." #main_function))) void qd_##role##_is_incomplete_(void);     \
  QD_EXPORT_(#role "@0.2.0#[static]bound-" #role ".bind")                                                            \
  const void *qd_##role##_bind_(const qd_argument *arguments, size_t argument_count) {                               \
    if (!qd_##role##_.bind || !qd_##role##_.main_function) qd_##role##_is_incomplete_();                             \
    qd_##role##_bound_ *bound = qd_alloc_cleared_(sizeof *bound);                                                    \
    bound->clause.arguments = arguments;                                                                             \
    bound->clause.argument_count = argument_count;                                                                   \
    bound->clause.kind = QD_FLOATS;                                                                                  \
    const qd_error *error = qd_##role##_.bind(&bound->self, &bound->clause);                                         \
    if (error) return qd_error_result_(error);                                                                       \
    qd_keep_memory_(&bound->clause);                                                                                 \
    return qd_handle_result_(qd_##role##_handle_(bound));                                                            \
  }                                                                                                                  \
  QD_EXPORT_(#role "@0.2.0#[method]bound-" #role ".columns")                                                         \
  const void *qd_##role##_columns_(qd_##role##_bound_ *bound) { return &bound->clause.columns; }                     \
  QD_EXPORT_(#role "@0.2.0#[dtor]bound-" #role) void qd_##role##_drop_(qd_##role##_bound_ *bound) {                  \
    if (qd_##role##_.drop) qd_##role##_.drop(&bound->self);                                                          \
    qd_free_memory_(&bound->clause);                                                                                 \
  }                                                                                                                  \
  __attribute__((export_name("cabi_post_quidditch:udf/" #role "@0.2.0#[static]bound-" #role ".bind")))               \
  void qd_##role##_bind_done_(const void *result) { (void)result, qd_end_call_(); }

// The host has read the result: the memory of the call is free again.
#define QD_POST_RETURN_(role, method)                                                                                \
  __attribute__((export_name("cabi_post_quidditch:udf/" #role "@0.2.0#[method]bound-" #role "." #method)))           \
  void qd_##role##_##method##_done_(const void *result) { (void)result, qd_end_call_(); }

#define QD_EXPORT_(name) __attribute__((export_name("quidditch:udf/" name)))

// How the canonical ABI passes a batch.
#define QD_BATCH_ size_t len, float *scores, size_t score_count, qd_column *columns, size_t column_count

struct qd_error {
  uint8_t kind;
  qd_text message;
};

struct qd_request_ {
  qd_text field;
  uint8_t kind;
};

struct qd_range_ {
  uint32_t column;
  double min, max;
};

typedef struct {
  qd_text name;
  uint8_t kind;
  bool required;
  _Alignas(8) bool has_default;
  qd_value default_value;
  qd_text summary;
} qd_parameter_;

#define QD_VALUE_BOOLEAN(value) {.kind = QD_PARAMETER_BOOLEAN, .boolean = value}
#define QD_VALUE_INTEGER(value) {.kind = QD_PARAMETER_INTEGER, .integer = value}
#define QD_VALUE_FLOAT(value) {.kind = QD_PARAMETER_FLOAT, .number = value}
#define QD_VALUE_TEXT(value) {.kind = QD_PARAMETER_TEXT, .text = QD_TEXT(value)}
#define QD_VALUE_INTEGERS(value) {.kind = QD_PARAMETER_INTEGERS, .integers = {value, sizeof(value) / sizeof(int64_t)}}
#define QD_VALUE_FLOATS(value) {.kind = QD_PARAMETER_FLOATS, .floats = {value, sizeof(value) / sizeof(double)}}
#define QD_VALUE_TEXTS(value) {.kind = QD_PARAMETER_TEXTS, .texts = {value, sizeof(value) / sizeof(qd_text)}}
#define QD_VALUE_JSON(value) {.kind = QD_PARAMETER_JSON, .text = QD_TEXT(value)}
#define QD_VALUE_FIELD(value) QD_VALUE_TEXT(value)

_Static_assert(sizeof(qd_argument) == 24 && sizeof(qd_column) == 36 && sizeof(qd_parameter_) == 48 &&
                   sizeof(qd_request_) == 12 && sizeof(qd_range_) == 24 && sizeof(qd_error) == 12,
               "the layout of the canonical ABI");

void *qd_alloc_cleared_(size_t len);
void qd_keep_memory_(qd_clause *clause);
void qd_free_memory_(qd_clause *clause);
void qd_end_call_(void);
qd_batch qd_read_batch_(size_t len, qd_column *columns, size_t column_count);
const void *qd_error_result_(const qd_error *error);
const void *qd_handle_result_(int32_t handle);
const void *qd_list_result_(const qd_error *error, const void *items, size_t len);
const void *qd_column_result_(const qd_error *error, const qd_column *result, qd_kind kind, size_t len);

#endif
