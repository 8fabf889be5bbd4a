// The parts of the SDK that are the same for all roles.

#include "quidditch.h"

#include <stdlib.h>

// ---- Start ------------------------------------------------------------------------------------------------------

// Runs constructors, for a program or C library that has some. Without this function the linker would run them in
// each call.
void __wasm_call_ctors(void);
__attribute__((export_name("_initialize"))) void _initialize(void) { __wasm_call_ctors(); }

__attribute__((weak)) const uint32_t qd_memory_mib = 0;

QD_EXPORT_("metadata@0.2.0#memory-mib") uint32_t qd_memory_mib_(void) { return qd_memory_mib; }

// ---- Texts, errors, log -----------------------------------------------------------------------------------------

// These two are a quarter as large as the C library's.

static size_t length(const char *text) {
  size_t len = 0;
  while (text[len]) len++;
  return len;
}

static bool is_same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

const char *qd_concat_(const char *const *parts) {
  size_t len = 0;
  for (size_t i = 0; parts[i]; i++) len += length(parts[i]);
  char *joined = qd_alloc(len + 1), *end = joined;
  for (size_t i = 0; parts[i]; i++) {
    size_t part_len = length(parts[i]);
    memcpy(end, parts[i], part_len);
    end += part_len;
  }
  *end = 0;
  return joined;
}

static const qd_error *new_error(uint8_t kind, const char *message) {
  qd_error *error = qd_alloc(sizeof *error);
  *error = (qd_error){kind, {message, length(message)}};
  return error;
}

const qd_error *qd_invalid_argument(const char *message) { return new_error(0, message); }

const qd_error *qd_failed(const char *message) { return new_error(1, message); }

__attribute__((import_module("quidditch:udf/log@0.2.0"), import_name("log")))
void qd_log_(qd_level level, const char *message, size_t len);

void qd_log(qd_level level, const char *message) { qd_log_(level, message, length(message)); }

_Noreturn void qd_panic(const char *message) {
  qd_log(QD_ERROR, message);
  __builtin_trap();
}

// The C library's functions that end the program. Those would write to standard error, or end it without a word.

_Noreturn void abort(void) { qd_panic("abort was called"); }

_Noreturn void __assert_fail(const char *condition, const char *file, int line, const char *function) {
  (void)function;
  char digits[12], *number = digits + sizeof digits - 1;
  *number = 0;
  do *--number = (char)('0' + line % 10);
  while (line /= 10);
  qd_panic(qd_concat("assertion failed: ", condition, ", ", file, " line ", number));
}

// ---- Clauses ----------------------------------------------------------------------------------------------------

const qd_value *qd_find(const qd_clause *clause, const char *name) {
  for (size_t i = 0; i < clause->argument_count; i++)
    if (is_same(clause->arguments[i].name.bytes, name)) return &clause->arguments[i].value;
  return NULL;
}

static const qd_value *get(const qd_clause *clause, const char *name, qd_parameter_kind kind) {
  const qd_value *value = qd_find(clause, name);
  if (!value || value->kind != kind) qd_panic(qd_concat("no argument [", name, "] of the type that was asked for"));
  return value;
}

#define GETTER(type, name, kind, member) \
  type qd_get_##name(const qd_clause *clause, const char *argument) { return get(clause, argument, kind)->member; }

GETTER(bool, boolean, QD_PARAMETER_BOOLEAN, boolean)
GETTER(int64_t, integer, QD_PARAMETER_INTEGER, integer)
GETTER(double, float, QD_PARAMETER_FLOAT, number)
GETTER(const char *, text, QD_PARAMETER_TEXT, text.bytes)
GETTER(const char *, json, QD_PARAMETER_JSON, text.bytes)
GETTER(qd_integers, integers, QD_PARAMETER_INTEGERS, integers)
GETTER(qd_floats, floats, QD_PARAMETER_FLOATS, floats)
GETTER(qd_texts, texts, QD_PARAMETER_TEXTS, texts)

size_t qd_request(qd_clause *clause, const char *field, qd_kind kind) {
  size_t index = clause->columns.len++;
  clause->columns.items = qd_grow(clause->columns.items, clause->columns.len * sizeof(qd_request_));
  clause->columns.items[index] = (qd_request_){{field, length(field)}, (uint8_t)kind};
  return index;
}

void qd_announce_range(qd_clause *clause, size_t column, double min, double max) {
  size_t index = clause->ranges.len++;
  clause->ranges.items = qd_grow(clause->ranges.items, clause->ranges.len * sizeof(qd_range_));
  clause->ranges.items[index] = (qd_range_){(uint32_t)column, min, max};
}

// ---- Batches and results ----------------------------------------------------------------------------------------

uint32_t qd_add_distinct(qd_column *result, const char *bytes, size_t len) {
  size_t code = result->distinct_count++, end = result->byte_count + len;
  uint32_t *ends = qd_grow((void *)result->ends, result->distinct_count * sizeof *ends);
  char *all = qd_grow((void *)result->bytes, end);
  memcpy(all + result->byte_count, bytes, len);
  ends[code] = end;
  result->ends = ends;
  result->bytes = all;
  result->byte_count = end;
  return code;
}

qd_batch qd_read_batch_(size_t len, qd_column *columns, size_t column_count) {
  for (size_t i = 0; i < column_count; i++)
    if (columns[i].start_count == 0) columns[i].starts = NULL;
  return (qd_batch){len, columns, column_count};
}

// The result of a call: it is written here, and the host reads it before the next call.
static struct {
  uint8_t is_error;
  union {
    int32_t handle;
    struct { const void *items; size_t len; } list;
    qd_column column;
    qd_error error;
  };
} result;

const void *qd_error_result_(const qd_error *error) {
  result.is_error = 1;
  result.error = *error;
  return &result;
}

const void *qd_handle_result_(int32_t handle) {
  result.is_error = 0;
  result.handle = handle;
  return &result;
}

const void *qd_list_result_(const qd_error *error, const void *items, size_t len) {
  if (error) return qd_error_result_(error);
  result.is_error = 0;
  result.list.items = items;
  result.list.len = len;
  return &result;
}

const void *qd_column_result_(const qd_error *error, const qd_column *column, qd_kind kind, size_t len) {
  if (error) return qd_error_result_(error);
  result.is_error = 0;
  result.column = *column;
  result.column.type = kind == QD_DATES ? QD_INTEGERS : kind;
  result.column.start_count = column->starts ? len + 1 : 0;
  return &result;
}
