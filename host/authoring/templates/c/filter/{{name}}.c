// Keeps documents with at least one value of `field` that is at least `min`.

#include "quidditch.h"

typedef struct {
  double min;
} bound_filter;

// Reads the arguments of one query clause, and asks for the columns that it needs.
static const qd_error *bind(bound_filter *self, qd_clause *clause) {
  self->min = qd_get_float(clause, "min");
  if (self->min < 0) return qd_invalid_argument("parameter [min] must not be negative");

  size_t column = qd_request(clause, qd_get_text(clause, "field"), QD_FLOATS);
  qd_announce_range(clause, column, self->min, INFINITY);  // lets the host skip documents
  return NULL;
}

// Decides for each document of a batch. `keep` is false for all of them before.
static const qd_error *keep(const bound_filter *self, const qd_batch *batch, bool *keep) {
  const qd_column column = batch->columns[0];
  for (size_t i = 0; i < batch->len; i++) {
    // A document may have any number of values. They are in ascending order, so only the last one counts.
    size_t begin = qd_begin(&column, i), end = qd_end(&column, i);
    keep[i] = begin < end && column.floats[end - 1] >= self->min;
  }
  return NULL;
}

QD_FUNCTION("Keeps documents with a value of at least `min`; documents without a value are dropped.",
            QD_REQUIRED("field", FIELD, "The number field to read."),
            QD_REQUIRED("min", FLOAT, "The smallest value to keep, 0 or more."));

QD_FILTER(bound_filter, .bind = bind, .keep = keep);
