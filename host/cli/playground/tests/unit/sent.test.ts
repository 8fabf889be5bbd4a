import assert from "node:assert/strict";
import { test } from "node:test";
import { baseOf } from "../../src/api.js";
import { LANGUAGES, type CodeRequest } from "../../src/code.js";
import { withPrivateTags } from "../../src/highlight.js";
import { readLink, writeLink } from "../../src/link.js";
import { cellOf } from "../../src/map.js";
import { causesOf } from "../../src/problem.js";

const REQUEST: CodeRequest = {
  server: "http://127.0.0.1:9200",
  index: "cities",
  body: { query: { match: { name: "L'Aquila" } }, profile: true },
  needsAuthorization: false,
};

function code(language: string, request = REQUEST): string {
  return LANGUAGES.find(({ name }) => name === language)!.code(request);
}

test("the API begins above the page", () => {
  assert.equal(baseOf("/_playground/"), "");
  assert.equal(baseOf("/y/_playground/"), "/y");
  assert.equal(baseOf("/_playground"), "");
  assert.equal(baseOf("/"), "");
});

test("curl quotes for a shell", () => {
  const expected = `curl 'http://127.0.0.1:9200/cities/_search?pretty' \\
  -H 'content-type: application/json' \\
  -d '{ "query": { "match": { "name": "L'\\''Aquila" } }, "profile": true }'`;
  assert.equal(code("curl"), expected);
});

test("Python has words of its own", () => {
  assert.match(code("Python"), /body=\{ "query": \{ "match": \{ "name": "L'Aquila" \} \}, "profile": True \},/);
});

test("code has no credentials, but says where they belong", () => {
  const request = { ...REQUEST, needsAuthorization: true };
  assert.match(code("curl", request), /-H "authorization: \$AUTHORIZATION"/);
  assert.match(code("Python", request), /import os[^]*os\.environ\["AUTHORIZATION"\]/);
  assert.match(code("JavaScript", request), /process\.env\.AUTHORIZATION/);
});

test("private tags are added before the closing brace", () => {
  const sent = withPrivateTags('{\n  "highlight": {\n    "fields": {}\n  }\n}');
  assert.deepEqual(JSON.parse(sent), { highlight: { pre_tags: ["\uE000"], post_tags: ["\uE001"], fields: {} } });
  assert.equal(sent.split("\n").length, 5);
  assert.deepEqual(JSON.parse(withPrivateTags('{"highlight": {}}')), {
    highlight: { pre_tags: ["\uE000"], post_tags: ["\uE001"] },
  });
});

test("other requests are sent as they are written", () => {
  for (const request of ['{"query": {}}', '{"highlight": {"pre_tags": ["<b>"]}}', '{"highlight": 3}', "not JSON"]) {
    assert.equal(withPrivateTags(request), request);
  }
});

test("a link has the index and the request", () => {
  const shared = { index: "a&b", request: '{"query": "50% #1 + ä"}' };
  assert.deepEqual(readLink(writeLink(shared.index, shared.request)), shared);
  assert.deepEqual(readLink(""), {});
});

test("tiles are cells of the globe", () => {
  assert.deepEqual(cellOf("1/0/0", 3), { west: -180, east: 0, north: 85.05112877980659, south: 0, documents: 3 });
});

test("each cause of an error is listed once, from the outside to the inside", () => {
  const script = { type: "script_exception", reason: "compile error" };
  const causes = causesOf({
    root_cause: [script],
    type: "search_phase_execution_exception",
    reason: "all shards failed",
    failed_shards: [
      {
        reason: { ...script, caused_by: { type: "illegal_argument_exception", reason: "parameter [lon] is required" } },
      },
    ],
  });
  assert.deepEqual(
    causes.map((cause) => cause["reason"]),
    ["all shards failed", "compile error", "parameter [lon] is required"],
  );
});
