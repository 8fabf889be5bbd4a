import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fieldsFor,
  initialParameters,
  pointOf,
  pointPairs,
  rangeOf,
  versionOf,
  type Examples,
  type Parameter,
} from "../../src/functions.js";
import { fieldsOf, titleField } from "../../src/mapping.js";
import { stepOf } from "../../src/controls.js";

const FIELDS = fieldsOf({
  cities: {
    mappings: {
      properties: {
        country: { type: "keyword" },
        name: { type: "text", fields: { raw: { type: "keyword" } } },
        population: { type: "long" },
        location: { type: "geo_point" },
        mayor: { properties: { born: { type: "date" } } },
      },
    },
  },
});
const EXAMPLES: Examples = {
  fields: FIELDS,
  value: (field) => ({ location: { lat: 31.2, lon: 121.5 }, "name.raw": "Shanghai" })[field],
  range: (field) => (field === "population" ? { min: 0, max: 1000 } : undefined),
};

function parameter(name: string, kind: Parameter["kind"], summary = "", more: Partial<Parameter> = {}): Parameter {
  return { name, kind, required: true, summary, ...more };
}

const OPTIONAL = { required: false };
const GEO_DISTANCE = [
  parameter("field", "field", "The geo point field to measure to."),
  parameter("lat", "float"),
  parameter("lon", "float"),
  parameter("radius_km", "float", "The maximum distance to keep; required by the filter.", OPTIONAL),
  parameter("scale_km", "float", "The distance at which the score is `decay`; required by the scorer.", OPTIONAL),
  parameter("decay", "float", "The score at `scale_km`; only for the scorer.", { ...OPTIONAL, default: 0.5 }),
];

test("fields of a mapping, with sub-fields and objects", () => {
  const names = FIELDS.map(({ name, type }) => `${name} ${type}`);
  assert.deepEqual(names, [
    "country keyword",
    "name text",
    "name.raw keyword",
    "population long",
    "location geo_point",
    "mayor.born date",
  ]);
  assert.equal(titleField(FIELDS)?.name, "name");
});

test("a new call has what its role needs", () => {
  const point = { field: "location", lat: 31.2, lon: 121.5 };
  assert.deepEqual(initialParameters(GEO_DISTANCE, "filter", EXAMPLES), { ...point, radius_km: 500 });
  assert.deepEqual(initialParameters(GEO_DISTANCE, "scorer", EXAMPLES), { ...point, scale_km: 500 });
});

test("a new call with options alone has the first of them", () => {
  const range = [
    parameter("field", "field", "The number field to read."),
    parameter("min", "float", "", OPTIONAL),
    parameter("max", "float", "", OPTIONAL),
  ];
  assert.deepEqual(initialParameters(range, "filter", EXAMPLES), { field: "population", min: 100 });
});

test("a text is that of an example", () => {
  const text = [parameter("field", "field", "The text field."), parameter("text", "text")];
  assert.deepEqual(initialParameters(text, "scorer", EXAMPLES), { field: "name.raw", text: "Shanghai" });
});

test("the fields that a parameter is for come first, and texts are missing", () => {
  const names = (summary: string) =>
    fieldsFor(parameter("field", "field", summary), [], FIELDS).map((field) => field.name);
  assert.equal(names("The date field.")[0], "mayor.born");
  assert.equal(names("The number field.")[0], "population");
  assert.ok(!names("The text field.").includes("name"));
});

test("points are pairs of parameters", () => {
  const pairs = pointPairs([
    parameter("from_lat", "float"),
    parameter("from_lng", "float"),
    parameter("lat", "text"),
    parameter("lon", "float"),
  ]);
  assert.deepEqual(
    pairs.map(({ lat, lon }) => [lat.name, lon.name]),
    [["from_lat", "from_lng"]],
  );
});

test("lists of latitudes and longitudes are a polygon", () => {
  const polygon = [
    parameter("field", "field", "The geo point field."),
    parameter("lats", "floats"),
    parameter("lons", "floats"),
  ];
  assert.deepEqual(
    pointPairs(polygon).map(({ lat, lon, isPolygon }) => [lat.name, lon.name, isPolygon]),
    [["lats", "lons", true]],
  );
  assert.deepEqual(initialParameters(polygon, "filter", EXAMPLES), {
    field: "location",
    lats: [36.2, 36.2, 26.2, 26.2],
    lons: [116.5, 126.5, 126.5, 116.5],
  });
});

test("points in all notations with numbers", () => {
  const point = { lat: 1, lon: 2 };
  for (const notation of [{ lat: 1, lon: 2 }, [2, 1], "1, 2", [{ lat: 1, lon: 2 }]])
    assert.deepEqual(pointOf(notation), point);
  for (const other of ["u33dc1", null, { lat: 1 }, [], "x,y"]) assert.equal(pointOf(other), undefined);
});

test("ranges of sliders", () => {
  assert.deepEqual(rangeOf(parameter("decay", "float", "The factor, between 0 and 1."), undefined), { min: 0, max: 1 });
  assert.deepEqual(rangeOf(parameter("min", "float"), { min: 5, max: 9 }), { min: 5, max: 9 });
  assert.deepEqual(rangeOf(parameter("radius_km", "float"), undefined), { min: 0, max: 5000 });
  assert.deepEqual(rangeOf(parameter("max_distance", "integer", "", { default: 2 }), undefined), { min: 0, max: 10 });
  assert.equal(stepOf({ min: 0, max: 1 }), 0.005);
  assert.equal(stepOf({ min: 0, max: 24_874_500 }), 200_000);
});

test("a call means the version that it names, or the newest that is not yanked", () => {
  const versions = [
    { version: "1.0.0", summary: "" },
    { version: "1.1.0", summary: "" },
    { version: "2.0.0", summary: "", yanked: {} },
  ];
  assert.equal(versionOf(versions, "2.0.0")?.version, "2.0.0");
  assert.equal(versionOf(versions, "^1")?.version, "1.1.0");
  assert.equal(versionOf(versions)?.version, "1.1.0");
  assert.equal(versionOf([]), undefined);
});
