import assert from "node:assert/strict";
import { test } from "node:test";
import { completions, type Known } from "../../src/completion.js";
import type { FunctionSummary, Parameter } from "../../src/functions.js";

function summary(name: string, roles: Partial<FunctionSummary>): FunctionSummary {
  return {
    name,
    versions: ["1.0.0"],
    summary: `About ${name}.`,
    filter: false,
    scorer: false,
    values: false,
    ...roles,
  };
}

const LAT: Parameter = { name: "lat", kind: "float", required: true, summary: "Latitude." };
const TEXT: Parameter = { name: "text", kind: "text", required: false, summary: "A text." };
const KNOWN: Known = {
  fields: [
    { name: "name", type: "text", isSubField: false },
    { name: "name.raw", type: "keyword", isSubField: true },
    { name: "population", type: "long", isSubField: false },
  ],
  functions: [
    summary("near", { filter: true, scorer: true }),
    summary("rank", { scorer: true }),
    summary("km", { values: true }),
  ],
  parametersOf: (name) => (name === "near" ? [LAT, TEXT] : undefined),
};

/** What is offered at the mark `|` of a text. */
function offered(marked: string): string[] | undefined {
  return completions(marked.replace("|", ""), marked.indexOf("|"), KNOWN)?.candidates.map(
    (candidate) => candidate.label,
  );
}

/** The text after a candidate was chosen, with the cursor as `|`. */
function chosen(marked: string, label: string): string {
  const text = marked.replace("|", "");
  const found = completions(text, marked.indexOf("|"), KNOWN)!;
  const { insert, cursor } = found.candidates.find((candidate) => candidate.label === label)!;
  return text.slice(0, found.from) + insert.slice(0, cursor) + "|" + insert.slice(cursor) + text.slice(found.to);
}

test("keys of the body", () => {
  const keys = offered('{ "| }') ?? [];
  assert.ok(["query", "aggs", "derived"].every((key) => keys.includes(key)));
  assert.ok(!keys.includes("match"));
});

test("keys that are there are not offered again", () => {
  assert.ok(!offered('{ "size": 1, "|" }')?.includes("size"));
  assert.ok(!offered('{ "|", "size": 1 }')?.includes("size"));
});

test("types of queries, also inside of lists and other queries", () => {
  for (const text of [
    '{"query": {"|',
    '{"query": {"bool": {"filter": [{"term": {}}, {"|"}]}}}',
    '{"query": {"script_score": {"query": {"|"',
    '{"aggs": {"x": {"filter": {"|',
  ]) {
    const types = offered(text);
    assert.ok(types?.includes("match") && types.includes("wasm_udf") && !types.includes("size"), text);
  }
});

test("fields where a query names one", () => {
  assert.deepEqual(offered('{"query": {"match": {"|'), ["name", "name.raw", "population"]);
  assert.deepEqual(offered('{"query": {"exists": {"field": "|"}}}'), ["name", "name.raw", "population"]);
  assert.deepEqual(offered('{"query": {"multi_match": {"fields": ["name", "|"]}}}'), [
    "name",
    "name.raw",
    "population",
  ]);
});

test("only fields with columns are offered for aggregations and sorts", () => {
  assert.deepEqual(offered('{"aggs": {"any": {"terms": {"field": "|'), ["name.raw", "population"]);
  assert.ok(offered('{"sort": [{"|"}]}')?.includes("population"));
  assert.ok(!offered('{"sort": [{"|"}]}')?.includes("name"));
});

test("options of a query on a field", () => {
  assert.ok(offered('{"query": {"match": {"name": {"|')?.includes("fuzziness"));
});

test("functions by their role", () => {
  assert.deepEqual(offered('{"query": {"wasm_udf": {"name": "|'), ["near"]);
  assert.deepEqual(offered('{"query": {"script_score": {"wasm_udf": {"name": "|'), ["near", "rank"]);
  assert.deepEqual(offered('{"query": {"function_score": {"functions": [{"wasm_udf": {"name": "|'), ["near", "rank"]);
  assert.deepEqual(offered('{"derived": {"d": {"wasm_udf": {"name": "|'), ["km"]);
});

test("parameters of the function that is named beside them, before or behind", () => {
  assert.deepEqual(offered('{"query": {"wasm_udf": {"name": "near", "parameters": {"|'), ["lat", "text"]);
  assert.deepEqual(offered('{"query": {"wasm_udf": {"parameters": {"lat": 1, "|"}, "name": "near"}}}'), ["text"]);
  assert.deepEqual(offered('{"query": {"wasm_udf": {"chain": [{"name": "near", "parameters": {"|"}}]}}}'), [
    "lat",
    "text",
  ]);
  assert.deepEqual(offered('{"query": {"wasm_udf": {"name": "unknown", "parameters": {"|'), []);
});

test("fixed values", () => {
  assert.deepEqual(offered('{"query": {"match": {"name": {"operator": "|'), ["or", "and"]);
  assert.deepEqual(offered('{"profile": |}'), ["true", "false"]);
  assert.deepEqual(offered('{"profile": t|}'), ["true", "false"]);
});

test("nothing outside of the request, and behind a value", () => {
  assert.equal(offered("|"), undefined);
  assert.equal(offered('{"query": {"match_all": {}|}}'), undefined);
  assert.equal(offered('{"unknown": {"|"}}'), undefined);
});

test("a key is written with what its value begins with", () => {
  assert.equal(chosen('{"query": {"ma|"}}', "match"), '{"query": {"match": { "|" }}}');
  assert.equal(chosen('{"query": {"match_a|', "match_all"), '{"query": {"match_all": {}|');
  assert.equal(chosen("{|}", "size"), '{"size": |}');
  assert.equal(
    chosen('{"query": {"wasm_udf": {"name": "near", "parameters": {"te|"}}}}', "text"),
    '{"query": {"wasm_udf": {"name": "near", "parameters": {"text": "|"}}}}',
  );
});

test("a key in front of a colon is replaced alone", () => {
  assert.equal(
    chosen('{"query": {"mat|ch": {"name": "x"}}}', "match_phrase"),
    '{"query": {"match_phrase"|: {"name": "x"}}}',
  );
});

test("a value is replaced with its quotes", () => {
  assert.equal(
    chosen('{"query": {"wasm_udf": {"name": "n|ear"}}}', "near"),
    '{"query": {"wasm_udf": {"name": "near"|}}}',
  );
});
