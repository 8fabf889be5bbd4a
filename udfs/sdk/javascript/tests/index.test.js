// Tests of the library in Node.js: `node --test` runs them. `cargo xtask test languages` does so, too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

// In a context of its own, since the library replaces what depends on the clock. There are no modules in it, and no log of the host.
const source = readFileSync(new URL("../index.js", import.meta.url), "utf8")
  .replace(/^import .*$/m, "const send = () => {};")
  .replace(/^export /gm, "");
const { define, Uint8Array, Float64Array } = runInContext(
  `${source}\n({ define, Uint8Array, Float64Array })`,
  createContext({}),
);

/** A filter that is bound to a clause without arguments, as the host calls it. */
function bind(Filter) {
  return define({ summary: "", filter: Filter }).filter.BoundFilter.bind([]);
}

/** A batch with one float column, in which each document has one value. */
function batchOf(...values) {
  const floats = Float64Array.from(values);
  const column = { values: { tag: "floats", val: new Uint8Array(floats.buffer) }, starts: new Uint8Array(0) };
  return { len: values.length, scores: new Uint8Array(0), columns: [column] };
}

test("the columns of a function are asked for once", () => {
  let calls = 0;
  const bound = bind(
    class {
      columns() {
        calls++;
        return [{ field: "price", kind: "floats" }];
      }
      keep(batch) {
        return batch.floats(0).values.map((value) => value > 1);
      }
    },
  );
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(Array.from(bound.columns(), ({ field, kind }) => [field, kind]), [["price", "floats"]]);
    assert.deepEqual(Array.from(bound.keep(batchOf(1, 2))), [0, 1]);
  }
  assert.equal(calls, 1);
});

test("a function that changes where values start changes no other batch", () => {
  const seen = [];
  const bound = bind(
    class {
      columns() {
        return [{ field: "price", kind: "floats" }];
      }
      keep(batch) {
        const { starts } = batch.floats(0);
        seen.push(Array.from(starts));
        starts.fill(7);
        return new Array(batch.length).fill(true);
      }
    },
  );
  bound.keep(batchOf(1, 2, 3));
  bound.keep(batchOf(1, 2));
  assert.deepEqual(seen, [[0, 1, 2, 3], [0, 1, 2]]);
});
