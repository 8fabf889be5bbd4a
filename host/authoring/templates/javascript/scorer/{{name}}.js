// {{name}}: a scorer that adds the logarithm of a field to the score.
import { define, InvalidArgument } from "quidditch";

const parameters = {
  field: { kind: "field", required: true, summary: "The number field to read; the largest value counts, at least 0." },
  factor: { kind: "float", default: 1, summary: "The weight of the field, 0 or more." },
};

/** The scorer for one clause of a query. */
class AddLogarithm {
  constructor({ field, factor }) {
    if (factor < 0) throw new InvalidArgument("parameter [factor] must not be negative");
    this.field = field;
    this.factor = factor;
  }

  columns() {
    return [{ field: this.field, kind: "floats" }];
  }

  needsScore() {
    return true;
  }

  score(batch) {
    const { values, starts } = batch.floats(0);
    const { factor } = this;
    const { length, scores } = batch; // the scores so far: documents without a value keep them
    // A document may have any number of values. They are in ascending order, so the last one is the largest.
    for (let i = 0, start = 0; i < length; i++) {
      const end = starts[i + 1];
      if (end > start && values[end - 1] > 0) scores[i] += factor * Math.log1p(values[end - 1]);
      start = end;
    }
    return scores;
  }
}

export const { metadata, scorer } = define({
  summary: "Adds the logarithm of a field to the score; documents without a value keep their score.",
  parameters,
  scorer: AddLogarithm,
});
