// The price tier of a number: `thresholds` separate the tiers, and `names` name them, from the lowest to the highest.
import { define, InvalidArgument } from "quidditch";

const parameters = {
  field: { kind: "field", required: true, summary: "The number field with the prices." },
  thresholds: {
    kind: "floats",
    default: [20, 100],
    summary: "The lowest prices of the second and of all further tiers, in ascending order.",
  },
  names: {
    kind: "texts",
    default: ["budget", "standard", "premium"],
    summary: "The names of the tiers: one more than thresholds.",
  },
};

/** The tiers for one call in a request. */
class PriceTier {
  constructor({ field, thresholds, names }) {
    if (thresholds.some((threshold, index) => index > 0 && threshold <= thresholds[index - 1])) {
      throw new InvalidArgument("parameter [thresholds] must be in ascending order");
    }
    if (names.length !== thresholds.length + 1) {
      throw new InvalidArgument(`parameter [names] must have ${thresholds.length + 1} names, one more than [thresholds]`);
    }
    this.field = field;
    this.names = names;
    // No price is at least NaN, so it ends the search for a tier.
    this.thresholds = Float64Array.of(...thresholds, NaN);
  }

  columns() {
    return [{ field: this.field, kind: "floats" }];
  }

  kind() {
    return "texts";
  }

  compute(batch) {
    const { values, starts } = batch.floats(0);
    const { thresholds } = this;
    const { length } = values;
    const codes = new Uint32Array(length);
    for (let j = 0; j < length; j++) {
      const price = values[j];
      let tier = 0;
      while (price >= thresholds[tier]) tier++;
      codes[j] = tier;
    }
    // The names are the texts of every batch: a tier is the index of its name.
    return { codes, texts: this.names, starts };
  }
}

export const { metadata, values } = define({
  summary: "The price tier of a number; documents without a price have none, and those with several may have several.",
  parameters,
  values: PriceTier,
});
