// {{name}}: the values of a field with a rate added, such as a tax.
import { define, InvalidArgument } from "quidditch";

const parameters = {
  field: { kind: "field", required: true, summary: "The number field to read." },
  rate: { kind: "float", required: true, summary: "The rate to add, in percent, -100 or more." },
};

/** The values for one call in a request. */
class WithRate {
  constructor({ field, rate }) {
    if (rate < -100) throw new InvalidArgument("parameter [rate] must not be less than -100");
    this.field = field;
    this.factor = 1 + rate / 100;
  }

  columns() {
    return [{ field: this.field, kind: "floats" }];
  }

  kind() {
    return "floats";
  }

  compute(batch) {
    const { values, starts } = batch.floats(0);
    const { factor } = this;
    const { length } = values;
    for (let j = 0; j < length; j++) values[j] *= factor;
    return { values, starts }; // each value stays with its document
  }
}

export const { metadata, values } = define({
  summary: "The values of a field with a rate added, such as a tax; documents without a value have none.",
  parameters,
  values: WithRate,
});
