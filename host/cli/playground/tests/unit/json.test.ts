import assert from "node:assert/strict";
import { test } from "node:test";
import { losesDigits } from "../../src/json-tree.js";
import { at, format, formatRequest, pathText, replaced } from "../../src/json.js";

const VALUE = { a: [{ b: 1 }, { b: 2 }], c: null };

test("values are found by path", () => {
  assert.equal(at(VALUE, ["a", 1, "b"]), 2);
  assert.equal(at(VALUE, ["c"]), null);
  assert.equal(at(VALUE, ["a", "b"]), undefined);
  assert.equal(at(VALUE, ["c", "d"]), undefined);
});

test("values are replaced, added and removed in a copy", () => {
  assert.deepEqual(replaced(VALUE, ["a", 0, "b"], 7), { a: [{ b: 7 }, { b: 2 }], c: null });
  assert.deepEqual(replaced(VALUE, ["a", 0], undefined), { a: [{ b: 2 }], c: null });
  assert.deepEqual(replaced(VALUE, ["c"], undefined), { a: VALUE.a });
  assert.deepEqual(replaced({}, ["x", "y"], 1), { x: { y: 1 } });
  assert.deepEqual(VALUE, { a: [{ b: 1 }, { b: 2 }], c: null });
});

test("paths are written as the server does", () => {
  assert.equal(pathText(["query", "bool", "filter", 1, "wasm_udf"]), "query.bool.filter[1].wasm_udf");
});

test("what fits is on one line", () => {
  assert.equal(format({ a: [1, "x", null], b: {} }), '{ "a": [1, "x", null], "b": {} }');
  assert.equal(format({ a: [1, 2], b: "long" }, undefined, 16), '{\n  "a": [1, 2],\n  "b": "long"\n}');
  assert.equal(
    format({ a: true, b: null }, { true: "True", false: "False", null: "None" }),
    '{ "a": True, "b": None }',
  );
});

test("a request has a line for each key", () => {
  assert.equal(
    formatRequest({ query: { match_all: {} }, size: 3 }),
    '{\n  "query": { "match_all": {} },\n  "size": 3\n}',
  );
  assert.equal(formatRequest({}), "{}");
});

test("integers are known that lose digits", () => {
  const kept = ['{"id": 9007199254740991}', '{"id": "9007199254740993"}', '{"x\\"": -1.5e300}'];
  const lost = ['{"id": 9007199254740993}', "[1, -12345678901234567890]"];
  for (const text of kept) assert.equal(losesDigits(text), false, text);
  for (const text of lost) assert.equal(losesDigits(text), true, text);
});

test("formatted JSON is the same value", () => {
  const value = {
    text: 'quote " backslash \\ line\n',
    list: [[], {}, [[1]]],
    deep: { deep: { deep: "x".repeat(80) } },
  };
  assert.deepEqual(JSON.parse(format(value)), value);
});
