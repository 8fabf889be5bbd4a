// Adds `factor` x ln(1 + the largest value of `field`) to the score so far.

#include "quidditch.h"

typedef struct {
  double factor;
} bound_scorer;

// Reads the arguments of one query clause, and asks for the columns that it needs.
static const qd_error *bind(bound_scorer *self, qd_clause *clause) {
  self->factor = qd_get_float(clause, "factor");
  if (self->factor < 0) return qd_invalid_argument("parameter [factor] must not be negative");

  qd_request(clause, qd_get_text(clause, "field"), QD_FLOATS);
  clause->needs_score = true;
  return NULL;
}

// Computes the score of each document of a batch. `scores` are the scores so far before.
static const qd_error *score(const bound_scorer *self, const qd_batch *batch, float *scores) {
  const qd_column column = batch->columns[0];
  for (size_t i = 0; i < batch->len; i++) {
    // A document may have any number of values, in ascending order. One without a value keeps its score.
    size_t begin = qd_begin(&column, i), end = qd_end(&column, i);
    if (begin == end) continue;
    double largest = fmax(column.floats[end - 1], 0);
    scores[i] += (float)(self->factor * log1p(largest));
  }
  return NULL;
}

QD_FUNCTION("Adds the logarithm of a field to the score; documents without a value keep their score.",
            QD_REQUIRED("field", FIELD, "The number field to read; the largest value counts, at least 0."),
            QD_DEFAULT("factor", FLOAT, 1.0, "The weight of the field, 0 or more."));

// The field may have any value, so there is no bound on the score, and no `.max_score`.
QD_SCORER(bound_scorer, .bind = bind, .score = score);
