// Values: those of a field, with a percentage added.

import { Arguments, Batch, Column, ColumnRequest, Kind, Parameter, Values, describe, values } from "quidditch";

export * from "quidditch/values";

describe("The values of a field with `rate` percent added; a document has as many as in the field.", [
  Parameter.field("field", "The number field to read."),
  Parameter.float("rate", "The percentage to add, -100 or more."),
]);

values<WithRate>();

/** The values for one call. All state belongs here, and none in globals: several calls may be used in turn. */
class WithRate extends Values {
  private readonly field: string;
  private readonly factor: f64;

  constructor(args: Arguments) {
    super();
    this.field = args.text("field");
    const rate = args.float("rate");
    if (rate < -100) args.reject("parameter [rate] must not be less than -100");
    this.factor = 1 + rate / 100;
  }

  columns(): StaticArray<ColumnRequest> {
    return [ColumnRequest.floats(this.field)];
  }

  kind(): Kind {
    return Kind.Floats;
  }

  compute(batch: Batch): Column<f64> {
    const column = batch.floats(0);
    const results = new StaticArray<f64>(column.values.length);
    for (let i = 0; i < results.length; i++) results[i] = column.values[i] * this.factor;
    // Each document has as many results as values, so they start at the same positions.
    return new Column<f64>(results, column.starts);
  }
}
