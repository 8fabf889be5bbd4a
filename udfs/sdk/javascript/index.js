// The library for functions in JavaScript and TypeScript: index.d.ts describes what it offers.
//
// The component has the interfaces of the contract, with one difference that `quidditch udf build` accounts for: the
// lists of numbers of a batch arrive as bytes, and the bytes of a dictionary as a string. Copying bytes costs far less
// than making a value of each number.
import { log as send } from "quidditch:udf/log@0.2.0";

export const log = {
  debug: (message) => send("debug", String(message)),
  info: (message) => send("info", String(message)),
  warn: (message) => send("warn", String(message)),
  error: (message) => send("error", String(message)),
};

export class InvalidArgument extends Error {
  name = "InvalidArgument";
}

export function define({ summary, parameters = {}, memoryMib = 0, filter, scorer, values }) {
  return {
    metadata: {
      summary: () => summary,
      parameters: () => Object.entries(parameters).map(declaration),
      memoryMib: () => memoryMib,
    },
    filter: filter && { BoundFilter: boundFilter(filter, parameters) },
    scorer: scorer && { BoundScorer: boundScorer(scorer, parameters) },
    values: values && { BoundValues: boundValues(values, parameters) },
  };
}

// ---- Roles ----------------------------------------------------------------------------------------------------------

/** What all roles have in common. A bound function keeps the author's object, and there is no other state. */
function bound(Implementation, parameters) {
  return class Bound {
    static bind(list) {
      return orError(() => {
        const self = new this();
        self.function = new Implementation(objectOf(list, parameters));
        // The author's `columns` is called once: a later call could return others than those that batches have.
        self.requests = self.function.columns();
        self.kinds = self.requests.map(({ kind }) => kind);
        return self;
      });
    }

    columns() {
      return this.requests;
    }

    batch({ len, scores, columns }) {
      return new Batch(len, scores, columns, this.kinds);
    }
  };
}

function boundFilter(Filter, parameters) {
  return class BoundFilter extends bound(Filter, parameters) {
    ranges() {
      return orTrap(() => this.function.ranges?.() ?? []);
    }

    keep(batch) {
      return orError(() => bytesOf(Uint8Array, this.function.keep(this.batch(batch))));
    }
  };
}

function boundScorer(Scorer, parameters) {
  return class BoundScorer extends bound(Scorer, parameters) {
    needsScore() {
      return orTrap(() => this.function.needsScore?.() ?? false);
    }

    maxScore(score) {
      return orTrap(() => this.function.maxScore?.(score) ?? Infinity);
    }

    score(batch) {
      return orError(() => bytesOf(Float32Array, this.function.score(this.batch(batch))));
    }
  };
}

function boundValues(Values, parameters) {
  return class BoundValues extends bound(Values, parameters) {
    kind() {
      return orTrap(() => this.function.kind());
    }

    compute(batch) {
      return orError(() => columnOf(this.function.kind(), this.function.compute(this.batch(batch))));
    }
  };
}

// ---- Errors ---------------------------------------------------------------------------------------------------------

/** For functions that may return an error: thrown errors become one. */
function orError(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof InvalidArgument) throw { tag: "invalid-argument", val: error.message };
    throw { tag: "failed", val: describe(error) };
  }
}

/** For functions that cannot return an error: the host takes the last line at level error as the reason of a trap. */
function orTrap(call) {
  try {
    return call();
  } catch (error) {
    log.error(describe(error));
    throw error;
  }
}

/** The message of an error, and the calls in which it was thrown. */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  const calls = (error.stack ?? "").trim().split(/\s*\n\s*/);
  return `${error} ${calls.slice(0, 3).join(", ")}`;
}

/** What depends on anything but the arguments and the columns is an error. In the component it would be a bare trap. */
function unavailable(what) {
  throw new Error(`a function has no ${what}`);
}

Math.random = () => unavailable("randomness");
Date.now = () => unavailable("clock");
globalThis.performance = { now: Date.now };
globalThis.Date = new Proxy(Date, {
  apply: () => unavailable("clock"),
  construct: (target, args, self) => (args.length > 0 ? Reflect.construct(target, args, self) : unavailable("clock")),
});

// ---- Arguments and parameters ---------------------------------------------------------------------------------------

function declaration([name, { kind, required = false, default: value, summary }]) {
  return { name, kind, required, default: value === undefined ? null : defaultOf(kind, value), summary };
}

function defaultOf(kind, value) {
  switch (kind) {
    case "field":
      return { tag: "text", val: value };
    case "json":
      return { tag: kind, val: JSON.stringify(value) };
    default:
      return { tag: kind, val: value };
  }
}

function objectOf(list, parameters) {
  const result = {};
  for (const { name, value } of list) {
    result[name] = parameters[name]?.kind === "json" ? JSON.parse(value.val) : value.val;
  }
  return result;
}

// ---- Batches --------------------------------------------------------------------------------------------------------

class Batch {
  #columns;
  #kinds;

  constructor(length, scores, columns, kinds) {
    this.length = length;
    this.scores = view(Float32Array, scores);
    this.#columns = columns;
    this.#kinds = kinds;
  }

  booleans(index) {
    const { values, starts } = this.#column(index, "booleans");
    return { values: values.val, starts };
  }

  integers(index) {
    const { values, starts } = this.#column(index, "integers");
    return { values: view(BigInt64Array, values.val), starts };
  }

  floats(index) {
    const { values, starts } = this.#column(index, "floats");
    return { values: view(Float64Array, values.val), starts };
  }

  dates(index) {
    const { values, starts } = this.#column(index, "dates");
    return { values: numbersOf(values.val), starts };
  }

  texts(index) {
    const { values, starts } = this.#column(index, "texts");
    const { codes, ends, bytes } = values.val;
    return { codes: view(Uint32Array, codes), texts: split(bytes, view(Uint32Array, ends)), starts };
  }

  #column(index, kind) {
    const requested = this.#kinds[index];
    if (requested !== kind) throw new TypeError(`column ${index} was requested as ${requested}, not as ${kind}`);
    const { values, starts } = this.#columns[index];
    return { values, starts: starts.length === 0 ? ascending(this.length + 1) : view(Uint32Array, starts) };
  }
}

/** The same memory, as numbers. */
function view(Numbers, bytes) {
  return new Numbers(bytes.buffer, bytes.byteOffset, bytes.byteLength / Numbers.BYTES_PER_ELEMENT);
}

// 0, 1, 2 …: where the values of each document start if each has one. Made once, because that takes as long as a simple
// filter, and copied as a whole for each column, so that a function that changes its copy changes no other.
let numbersFrom0 = new Uint32Array(0);

function ascending(length) {
  if (numbersFrom0.length < length) numbersFrom0 = Uint32Array.from({ length }, (_, index) => index);
  return new Uint32Array(numbersFrom0.buffer.slice(0, length * Uint32Array.BYTES_PER_ELEMENT));
}

/** 64-bit integers as numbers, which is exact for dates. Faster than converting BigInts. */
function numbersOf(bytes) {
  const low = view(Uint32Array, bytes);
  const high = view(Int32Array, bytes);
  const length = low.length / 2;
  const numbers = new Float64Array(length);
  for (let i = 0, word = 0; i < length; i++, word += 2) numbers[i] = high[word + 1] * 2 ** 32 + low[word];
  return numbers;
}

/** Splits a string at positions in UTF-8. */
function split(string, ends) {
  const texts = new Array(ends.length);
  let [position, bytes, special] = [0, 0, indexOfNonAscii(string, 0)];
  for (let i = 0; i < texts.length; i++) {
    const start = position;
    while (bytes < ends[i]) {
      if (position === special) {
        bytes += utf8Length(string.charCodeAt(position++));
        special = indexOfNonAscii(string, position);
      } else {
        const ascii = Math.min(special - position, ends[i] - bytes);
        position += ascii;
        bytes += ascii;
      }
    }
    texts[i] = string.slice(start, position);
  }
  return texts;
}

const nonAscii = /[^\0-\x7f]/g;

/** The search skips ASCII much faster than a loop would. */
function indexOfNonAscii(string, from) {
  if (string.charCodeAt(from) >= 0x80) return from;
  nonAscii.lastIndex = from;
  return nonAscii.test(string) ? nonAscii.lastIndex - 1 : Infinity;
}

/** The bytes of a UTF-16 unit in UTF-8: for a surrogate, half of those of its pair. */
function utf8Length(unit) {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return unit >= 0xd800 && unit <= 0xdfff ? 2 : 3;
}

// ---- Results --------------------------------------------------------------------------------------------------------

/** The bytes of a list of numbers or booleans. */
function bytesOf(Numbers, list) {
  if (list === undefined) throw new TypeError("the function returned undefined");
  const numbers = list instanceof Numbers ? list : Numbers.from(list, Number);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function columnOf(kind, column) {
  const starts = column.starts ? bytesOf(Uint32Array, column.starts) : new Uint8Array(0);
  return { values: valuesOf(kind, column), starts };
}

function valuesOf(kind, { values, codes, texts }) {
  switch (kind) {
    case "booleans":
      return { tag: kind, val: bytesOf(Uint8Array, values) };
    case "floats":
      return { tag: kind, val: bytesOf(Float64Array, values) };
    case "integers":
    case "dates": {
      const integers = values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt);
      return { tag: "integers", val: bytesOf(BigInt64Array, integers) };
    }
    case "texts":
      return { tag: kind, val: codes ? dictionary(codes, texts) : dictionaryOf(values) };
    default:
      throw new TypeError(`the kind ${kind} is none of booleans, integers, floats, dates and texts`);
  }
}

function dictionary(codes, texts) {
  const wellFormed = texts.map((text) => text.toWellFormed());
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (let i = 0; i < wellFormed.length; i++) {
    const text = wellFormed[i];
    end += text.length;
    for (let j = indexOfNonAscii(text, 0); j < text.length; j = indexOfNonAscii(text, j + 1)) {
      end += utf8Length(text.charCodeAt(j)) - 1;
    }
    ends[i] = end;
  }
  return { codes: bytesOf(Uint32Array, codes), ends: bytesOf(Uint32Array, ends), bytes: wellFormed.join("") };
}

function dictionaryOf(values) {
  const known = new Map();
  const codes = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let code = known.get(values[i]);
    if (code === undefined) known.set(values[i], (code = known.size));
    codes[i] = code;
  }
  return dictionary(codes, [...known.keys()]);
}
