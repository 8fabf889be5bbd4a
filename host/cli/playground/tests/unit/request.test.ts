import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../src/json.js";
import {
  addCall,
  addFilter,
  calls,
  explanationRequest,
  filters,
  removeCall,
  removeClause,
  setFieldType,
  setParameter,
  setSwitch,
  setWords,
  words,
} from "../../src/request.js";

const GERMANY: JsonObject = { term: { country: "Germany" } };
const BERLIN: JsonObject = { match: { name: "berlin" } };
const NEAR: JsonObject = { field: "location", lat: 1, lon: 2 };

test("a filter is added beside the query", () => {
  assert.deepEqual(addFilter({ size: 5 }, GERMANY), {
    query: { bool: { must: [{ match_all: {} }], filter: [GERMANY] } },
    size: 5,
  });
  assert.deepEqual(addFilter({ query: BERLIN }, GERMANY), { query: { bool: { must: [BERLIN], filter: [GERMANY] } } });
});

test("a filter is added to those that are there", () => {
  const one = { query: { bool: { must: [BERLIN], filter: GERMANY } } };
  assert.deepEqual(addFilter(one, { exists: { field: "x" } }), {
    query: { bool: { must: [BERLIN], filter: [GERMANY, { exists: { field: "x" } }] } },
  });
});

test("a filter is added inside of what scores", () => {
  const scored = { query: { script_score: { query: BERLIN, script: "1" } } };
  assert.deepEqual(addFilter(scored, GERMANY), {
    query: { script_score: { query: { bool: { must: [BERLIN], filter: [GERMANY] } }, script: "1" } },
  });
});

test("beside a filter, a should clause must still match", () => {
  const optional = { bool: { should: [BERLIN] } };
  assert.deepEqual(addFilter({ query: optional }, GERMANY), {
    query: { bool: { must: [optional], filter: [GERMANY] } },
  });
});

test("filters are listed, and removed with the lists that they leave empty", () => {
  const request = addCall(addFilter({ query: BERLIN }, GERMANY), "scorer", "f", NEAR);
  const [only, ...others] = filters(request);
  assert.deepEqual(others, []);
  assert.deepEqual(only?.path, ["query", "script_score", "query", "bool", "filter", 0]);
  assert.deepEqual(removeClause(request, only!.path), {
    query: { script_score: { query: { bool: { must: [BERLIN] } }, wasm_udf: { name: "f", parameters: NEAR } } },
  });
});

test("each role has its clause, which is found and removed again", () => {
  const request = { query: BERLIN, size: 3 };
  for (const role of ["filter", "scorer", "values"] as const) {
    const called = addCall(request, role, "team/f", NEAR);
    const [call, ...others] = calls(called);
    assert.deepEqual(others, []);
    assert.deepEqual([call?.role, call?.name, call?.parameters], [role, "team/f", NEAR]);
    const without = removeCall(called, call!);
    assert.deepEqual(without, role === "filter" ? { query: { bool: { must: [BERLIN] } }, size: 3 } : request);
  }
});

test("computed fields are shown, and have names of their own", () => {
  const twice = addCall(addCall({}, "values", "f", {}), "values", "f", {});
  assert.deepEqual(Object.keys(twice["derived"] as JsonObject), ["f", "f_2"]);
  assert.deepEqual(twice["fields"], ["f", "f_2"]);
  const once = removeCall(twice, calls(twice)[0]!);
  assert.deepEqual(once["fields"], ["f_2"]);
});

test("the type of a computed field is beside its call", () => {
  const request = addCall({}, "values", "f", {});
  const [call] = calls(request);
  assert.equal(call?.fieldType, "double");
  assert.equal(calls(setFieldType(request, call!, "long"))[0]?.fieldType, "long");
  assert.equal(calls(addCall({}, "filter", "f", {}))[0]?.fieldType, undefined);
});

test("calls are found in chains, functions and scripts", () => {
  const script = { lang: "wasm", id: "d@^1", params: { x: 1 } };
  const request: JsonObject = {
    query: {
      function_score: {
        query: {
          bool: {
            filter: [{ wasm_udf: { chain: [{ name: "a" }, { name: "b", version: "1.0.0", parameters: {} }] } }],
            must_not: { script: { script } },
          },
        },
        functions: [{ wasm_udf: { name: "c", parameters: {} } }, { script_score: { script } }],
      },
    },
  };
  const found = calls(request).map(({ name, role, version }) => [name, role, version]);
  assert.deepEqual(found, [
    ["a", "filter", undefined],
    ["b", "filter", "1.0.0"],
    ["d", "filter", "^1"],
    ["c", "scorer", undefined],
    ["d", "scorer", "^1"],
  ]);
  const [first, , third] = calls(request);
  const chain = ["query", "function_score", "query", "bool", "filter", 0, "wasm_udf", "chain"];
  assert.deepEqual(calls(removeCall(request, first!)).map((call) => call.path)[0], [...chain, 0]);
  assert.equal(
    "must_not" in ((removeCall(request, third!)["query"] as any).function_score.query.bool as object),
    false,
  );
});

test("a function_score without its function is the query inside of it", () => {
  const wasm_udf = { name: "f", parameters: NEAR };
  const ways: JsonObject[] = [{ wasm_udf }, { script_score: { wasm_udf } }];
  for (const scored of ways) {
    const request = { query: { function_score: { query: BERLIN, ...scored } } };
    const [call] = calls(request);
    assert.equal(call?.role, "scorer");
    assert.deepEqual(removeCall(request, call!), { query: BERLIN });
  }
});

test("scripts of sorts and aggregations compute values", () => {
  const script = { lang: "wasm", id: "f", params: {} };
  const request: JsonObject = {
    sort: [{ _script: { type: "number", script } }],
    aggs: { average: { avg: { script } }, matching: { filter: { script: { script } } } },
  };
  assert.deepEqual(
    calls(request).map(({ role, fieldType }) => [role, fieldType]),
    [
      ["values", undefined],
      ["values", undefined],
      ["filter", undefined],
    ],
  );
});

test("words are searched for, changed and removed", () => {
  const searched = setWords(addFilter({}, GERMANY), "san jose");
  assert.equal(words(searched), "san jose");
  assert.deepEqual(searched, {
    query: { bool: { must: [{ multi_match: { query: "san jose" } }], filter: [GERMANY] } },
  });
  assert.deepEqual(setWords(searched, ""), addFilter({}, GERMANY));
  assert.deepEqual(setWords({ size: 1 }, "x"), { query: { multi_match: { query: "x" } }, size: 1 });
});

test("words keep the options of their query, and other queries", () => {
  const query = { simple_query_string: { query: "a", fields: ["name"] } };
  assert.deepEqual(setWords({ query }, "b"), { query: { simple_query_string: { query: "b", fields: ["name"] } } });
  assert.deepEqual(setWords({ query: BERLIN }, "b"), {
    query: { bool: { must: [{ multi_match: { query: "b" } }, BERLIN] } },
  });
  assert.deepEqual(setWords({ query: { bool: { must: BERLIN } } }, "b"), {
    query: { bool: { must: [{ multi_match: { query: "b" } }, BERLIN] } },
  });
});

test("parameters and switches are set and removed", () => {
  const request = addCall({}, "scorer", "f", { a: 1 });
  const call = calls(request)[0]!;
  assert.deepEqual(calls(setParameter(request, call, "b", true))[0]?.parameters, { a: 1, b: true });
  assert.deepEqual(calls(setParameter(request, call, "a", undefined))[0]?.parameters, {});
  assert.deepEqual(setSwitch(setSwitch({ size: 1 }, "profile", true), "profile", false), { size: 1 });
});

test("an explanation is asked for one hit, without what does not score", () => {
  const request = { query: BERLIN, size: 50, aggs: {}, sort: ["x"], post_filter: GERMANY };
  const ids = { ids: { values: ["7"] } };
  assert.deepEqual(explanationRequest(request, "7"), {
    size: 1,
    _source: false,
    explain: true,
    query: BERLIN,
    post_filter: { bool: { filter: [GERMANY, ids] } },
  });
});
