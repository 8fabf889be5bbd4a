// A filter: keeps documents with a value of at least `min`.

import { Arguments, Batch, ColumnRequest, Filter, Parameter, Range, describe, filter } from "quidditch";

export * from "quidditch/filter";

describe("Keeps documents with a value of at least `min`; documents without a value are dropped.", [
  Parameter.field("field", "The number field to read."),
  Parameter.float("min", "The smallest value to keep, 0 or more."),
]);

filter<AtLeast>();

/** The filter for one clause of a query. All state belongs here, and none in globals: several clauses may be used in turn. */
class AtLeast extends Filter {
  private readonly field: string;
  private readonly min: f64;

  constructor(args: Arguments) {
    super();
    this.field = args.text("field");
    this.min = args.float("min");
    if (this.min < 0) args.reject("parameter [min] must not be negative");
  }

  columns(): StaticArray<ColumnRequest> {
    return [ColumnRequest.floats(this.field)];
  }

  /** Lets the host skip documents that cannot match. */
  ranges(): StaticArray<Range> {
    return [new Range(0, this.min, Infinity)];
  }

  keep(batch: Batch, kept: StaticArray<bool>): void {
    const column = batch.floats(0);
    for (let i = 0; i < batch.length; i++) {
      // A document may have several values, in ascending order: only the last one counts.
      kept[i] = column.has(i) && column.last(i) >= this.min;
    }
  }
}
