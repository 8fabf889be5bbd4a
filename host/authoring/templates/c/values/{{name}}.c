// The values of `field` with `rate` percent added.

#include "quidditch.h"

typedef struct {
  double factor;
} bound_values;

// Reads the arguments of one call, and asks for the columns that it needs.
static const qd_error *bind(bound_values *self, qd_clause *clause) {
  double rate = qd_get_float(clause, "rate");
  if (rate < -100) return qd_invalid_argument("parameter [rate] must not be less than -100");

  self->factor = 1 + rate / 100;
  qd_request(clause, qd_get_text(clause, "field"), QD_FLOATS);
  clause->kind = QD_FLOATS;  // the type of the values
  return NULL;
}

// Computes the values of all documents of a batch.
static const qd_error *compute(const bound_values *self, const qd_batch *batch, qd_column *result) {
  const qd_column column = batch->columns[0];
  double *values = qd_alloc(column.len * sizeof *values);  // freed after the call
  for (size_t i = 0; i < column.len; i++) values[i] = column.floats[i] * self->factor;

  // Each document has as many values as it had before.
  result->floats = values;
  result->len = column.len;
  result->starts = column.starts;
  return NULL;
}

QD_FUNCTION("The values of a field with a rate added, such as a tax; documents without a value have none.",
            QD_REQUIRED("field", FIELD, "The number field to read."),
            QD_REQUIRED("rate", FLOAT, "The rate to add, in percent, -100 or more."));

QD_VALUES(bound_values, .bind = bind, .compute = compute);
