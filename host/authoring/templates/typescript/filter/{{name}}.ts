// {{name}}: a filter that keeps documents with a value of at least a minimum.
import { define, InvalidArgument } from "quidditch";
import type { Arguments, Batch, ColumnRequest, Filter, Range } from "quidditch";

const parameters = {
  field: { kind: "field", required: true, summary: "The number field to read." },
  min: { kind: "float", required: true, summary: "The smallest value to keep, 0 or more." },
} as const;

/** The filter for one clause of a query. */
class AtLeast implements Filter {
  private readonly field: string;
  private readonly min: number;

  constructor({ field, min }: Arguments<typeof parameters>) {
    if (min < 0) throw new InvalidArgument("parameter [min] must not be negative");
    this.field = field;
    this.min = min;
  }

  columns(): ColumnRequest[] {
    return [{ field: this.field, kind: "floats" }];
  }

  // Lets the host skip documents.
  ranges(): Range[] {
    return [{ column: 0, min: this.min, max: Infinity }];
  }

  keep(batch: Batch): Uint8Array {
    const { values, starts } = batch.floats(0);
    const { min } = this;
    const { length } = batch;
    const keep = new Uint8Array(length);
    // A document may have any number of values. They are in ascending order, so only the last one counts.
    for (let i = 0, start = 0; i < length; i++) {
      const end = starts[i + 1];
      if (end > start && values[end - 1] >= min) keep[i] = 1;
      start = end;
    }
    return keep;
  }
}

export const { metadata, filter } = define({
  summary: "Keeps documents with a value of at least `min`; documents without a value are dropped.",
  parameters,
  filter: AtLeast,
});
