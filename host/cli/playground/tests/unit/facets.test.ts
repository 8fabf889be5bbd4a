import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketsOf, clauseText, facetRequest, facetsOf, rangesOf, type Facet, type Figures } from "../../src/facets.js";

const ends = (min: number, median: number, max: number) => rangesOf(min, median, max).map(({ from }) => from);

test("ranges have round ends", () => {
  assert.deepEqual(ends(0, 50, 100), [undefined, 20, 40, 60, 80, 100]);
  assert.deepEqual(ends(112, 250, 640), [undefined, 200, 400, 600]);
  assert.deepEqual(ends(-0.4, 0, 0.5), [undefined, -0.2, 0, 0.2, 0.4]);
});

test("a few large values make powers of ten", () => {
  assert.deepEqual(ends(22_430, 49_153, 24_874_500), [undefined, 100_000, 1_000_000, 10_000_000]);
});

test("one value is no range", () => {
  assert.deepEqual(rangesOf(5, 5, 5), []);
});

test("fields with few values have facets", () => {
  const field = (name: string, type: string) => ({ name, type, isSubField: false });
  const figures = new Map<string, Figures>([
    ["country", { distinct: 200 }],
    ["id", { distinct: 25_000 }],
    ["constant", { distinct: 1 }],
    ["pages", { min: 0, median: 50, max: 100 }],
  ]);
  const fields = [
    field("country", "keyword"),
    field("id", "keyword"),
    field("constant", "keyword"),
    field("pages", "long"),
    field("sold", "boolean"),
    field("name", "text"),
  ];
  assert.deepEqual(
    facetsOf(fields, figures, 25_000).map((facet) => [facet.field, facet.kind]),
    [
      ["country", "terms"],
      ["pages", "ranges"],
      ["sold", "terms"],
    ],
  );
});

test("buckets become filters", () => {
  const facets: Facet[] = [
    { field: "country", kind: "terms" },
    { field: "sold", kind: "terms" },
    { field: "pages", kind: "ranges", ranges: [{ to: 10 }, { from: 10 }] },
  ];
  const buckets = bucketsOf(facets, {
    facet_0: { buckets: [{ key: "Germany", doc_count: 3 }] },
    facet_1: { buckets: [{ key: 1, key_as_string: "true", doc_count: 2 }] },
    facet_2: {
      buckets: [
        { to: 10, doc_count: 0 },
        { from: 10, doc_count: 1000 },
      ],
    },
  });
  assert.deepEqual(buckets.flat(), [
    { label: "Germany", count: 3, clause: { term: { country: "Germany" } } },
    { label: "true", count: 2, clause: { term: { sold: true } } },
    { label: "from 10", count: 1000, clause: { range: { pages: { gte: 10 } } } },
  ]);
});

test("facets are counted for the query of the request, without its hits", () => {
  const request = { query: { match_all: {} }, size: 20, derived: {}, highlight: {} };
  assert.deepEqual(facetRequest(request, [{ field: "a", kind: "terms" }]), {
    query: { match_all: {} },
    derived: {},
    size: 0,
    track_total_hits: false,
    aggs: { facet_0: { terms: { field: "a", size: 8 } } },
  });
});

test("chips say what a filter keeps", () => {
  assert.equal(clauseText({ term: { country: "Germany" } }), "country: Germany");
  assert.equal(clauseText({ term: { country: { value: "Germany" } } }), "country: Germany");
  assert.equal(
    clauseText({ range: { population: { gte: 100_000, lt: 1_000_000 } } }),
    "population: 100,000 – 1,000,000",
  );
  assert.equal(clauseText({ exists: { field: "x" } }), "exists field");
  assert.equal(clauseText({ match_all: {} }), "match_all");
});
