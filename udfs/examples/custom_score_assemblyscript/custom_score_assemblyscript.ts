// Combines the score with a field: score x boost + factor x field.

import { Arguments, Batch, ColumnRequest, Parameter, Scorer, describe, scorer } from "quidditch";

export * from "quidditch/scorer";

describe("Combines the score with a field: score x boost + factor x field.", [
  Parameter.field("field", "The number field to read; if it has several values, the smallest is used."),
  Parameter.float("boost", "The factor of the score so far.").defaultsTo(1.0),
  Parameter.float("factor", "The factor of the field.").defaultsTo(0.0),
  Parameter.float("missing", "The value for documents without the field.").defaultsTo(0.0),
]);

scorer<CustomScore>();

class CustomScore extends Scorer {
  private readonly field: string;
  private readonly boost: f64;
  private readonly factor: f64;
  private readonly missing: f64;

  constructor(args: Arguments) {
    super();
    this.field = args.text("field");
    this.boost = args.float("boost");
    this.factor = args.float("factor");
    this.missing = args.float("missing");
  }

  columns(): StaticArray<ColumnRequest> {
    return [ColumnRequest.floats(this.field)];
  }

  needsScore(): bool {
    return true;
  }

  score(batch: Batch, scores: StaticArray<f32>): void {
    const column = batch.floats(0);
    for (let i = 0; i < batch.length; i++) {
      // The values of a document are in ascending order: the first is the smallest.
      const value = column.has(i) ? column.first(i) : this.missing;
      scores[i] = f32(scores[i] * this.boost + this.factor * value);
    }
  }
}
