// A scorer: adds the logarithm of a field to the score.

import { Arguments, Batch, ColumnRequest, Parameter, Scorer, describe, scorer } from "quidditch";

export * from "quidditch/scorer";

describe("Adds `factor` x ln(1 + the largest value) to the score; documents without a value keep their score.", [
  Parameter.field("field", "The number field to read; values below 0 count as 0."),
  Parameter.float("factor", "How much the field counts, 0 or more.").defaultsTo(1.0),
]);

scorer<LogBoost>();

/** The scorer for one clause of a query. All state belongs here, and none in globals: several clauses may be used in turn. */
class LogBoost extends Scorer {
  private readonly field: string;
  private readonly factor: f64;

  constructor(args: Arguments) {
    super();
    this.field = args.text("field");
    this.factor = args.float("factor");
    if (this.factor < 0) args.reject("parameter [factor] must not be negative");
  }

  columns(): StaticArray<ColumnRequest> {
    return [ColumnRequest.floats(this.field)];
  }

  needsScore(): bool {
    return true;
  }

  /** At first, `scores` has the scores so far. */
  score(batch: Batch, scores: StaticArray<f32>): void {
    const column = batch.floats(0);
    for (let i = 0; i < batch.length; i++) {
      // A document may have several values, in ascending order: only the last one counts.
      if (column.has(i)) scores[i] += f32(this.factor * Math.log1p(Math.max(column.last(i), 0)));
    }
  }
}
