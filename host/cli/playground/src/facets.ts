/** Facets: which fields have some, what the server is asked for them, and the filters that a click on one adds. */

import { isObject, type Json, type JsonObject } from "./json.js";
import { groupOf, type Field } from "./mapping.js";
import type { Range } from "./functions.js";

export type Facet = { field: string; kind: "terms" } | { field: string; kind: "ranges"; ranges: HalfOpenRange[] };

/** `to` is not included. Without one of the ends, it goes on. */
export interface HalfOpenRange {
  from?: number;
  to?: number;
}

/** What is known about the values of a field. */
export type Figures = { distinct: number } | (Range & { median: number });

export interface Bucket {
  label: string;
  count: number;
  /** The filter of the request that keeps these documents. */
  clause: JsonObject;
}

const MOST_FACETS = 6;
const VALUES_SHOWN = 8;
/** Fields with more values are names or texts, of which a list of the most frequent ones says little. */
const MOST_DISTINCT = 2_000;

/** The facets of an index with so many documents. */
export function facetsOf(fields: readonly Field[], figures: ReadonlyMap<string, Figures>, documents: number): Facet[] {
  const facets = fields.flatMap((field): Facet[] => {
    const known = figures.get(field.name);
    if (groupOf(field) === "boolean") return [{ field: field.name, kind: "terms" }];
    if (known === undefined) return [];
    if ("median" in known) {
      const ranges = rangesOf(known.min, known.median, known.max);
      return ranges.length > 1 ? [{ field: field.name, kind: "ranges", ranges }] : [];
    }
    const most = field.isSubField ? documents / 2 : Math.max(20, documents / 2);
    return known.distinct > 1 && known.distinct <= Math.min(most, MOST_DISTINCT)
      ? [{ field: field.name, kind: "terms" }]
      : [];
  });
  return facets.slice(0, MOST_FACETS);
}

/** About five ranges with round ends: powers of ten if a few values are much larger than the others. */
export function rangesOf(min: number, median: number, max: number): HalfOpenRange[] {
  if (!(max > min)) return [];
  const isSkewed = min >= 0 && max > 20 * Math.max(median, 1);
  const ends = isSkewed ? powers(Math.max(median, 1), max) : steps(min, max);
  const inside = ends.filter((end) => end > min && end <= max);
  if (inside.length === 0) return [];
  return [undefined, ...inside].map((from, index) => ({
    ...(from !== undefined && { from }),
    ...(inside[index] !== undefined && { to: inside[index] }),
  }));
}

function powers(median: number, max: number): number[] {
  const first = Math.floor(Math.log10(median));
  const count = Math.max(0, Math.floor(Math.log10(max)) - first) + 1;
  const all = Array.from({ length: count }, (_, index) => 10 ** (first + index));
  return all.length > 3 ? all : all.flatMap((power) => [power, power * 5]);
}

function steps(min: number, max: number): number[] {
  const exact = (max - min) / 5;
  const power = 10 ** Math.floor(Math.log10(exact));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= exact) ?? 10) * power;
  const first = Math.floor(min / step) + 1;
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** A search that counts the matches of the request for each value, and returns none of them. */
export function facetRequest(request: JsonObject, facets: readonly Facet[]): JsonObject {
  const kept = ["query", "derived", "runtime_mappings"]
    .filter((key) => key in request)
    .map((key) => [key, request[key]!] as const);
  const aggregations = facets.map((facet, index) => [`facet_${index}`, aggregation(facet)] as const);
  return { ...Object.fromEntries(kept), size: 0, track_total_hits: false, aggs: Object.fromEntries(aggregations) };
}

function aggregation(facet: Facet): JsonObject {
  if (facet.kind === "terms") return { terms: { field: facet.field, size: VALUES_SHOWN } };
  return { range: { field: facet.field, ranges: facet.ranges.map((range) => ({ ...range })) } };
}

/** The buckets of each facet that have documents. */
export function bucketsOf(facets: readonly Facet[], aggregations: Record<string, JsonObject>): Bucket[][] {
  return facets.map((facet, index) => {
    const buckets = aggregations[`facet_${index}`]?.["buckets"];
    return (Array.isArray(buckets) ? buckets : []).filter(isObject).flatMap((bucket) => bucketOf(facet, bucket));
  });
}

function bucketOf({ field, kind }: Facet, bucket: JsonObject): Bucket[] {
  const count = Number(bucket["doc_count"]);
  if (count === 0) return [];
  if (kind === "terms") {
    const key = bucket["key_as_string"] ?? bucket["key"] ?? null;
    const value = key === "true" ? true : key === "false" ? false : key;
    return [{ label: String(key), count, clause: { term: { [field]: value } } }];
  }
  const { from, to } = bucket;
  const limits: JsonObject = {};
  if (typeof from === "number") limits["gte"] = from;
  if (typeof to === "number") limits["lt"] = to;
  return [{ label: limitsText(limits), count, clause: { range: { [field]: limits } } }];
}

/** What a chip says about a filter. */
export function clauseText(clause: JsonObject): string {
  const [type = "", options] = Object.entries(clause)[0] ?? [];
  const [field = "", value] = isObject(options) ? (Object.entries(options)[0] ?? []) : [];
  if (type === "term") return `${field}: ${valueText(isObject(value) ? value["value"] : value)}`;
  if (type === "terms" && Array.isArray(value)) return `${field}: ${value.map(valueText).join(" or ")}`;
  if (type === "range" && isObject(value)) return `${field}: ${limitsText(value)}`;
  return `${type} ${field}`.trim();
}

function valueText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function limitsText(limits: JsonObject): string {
  const low = limits["gte"] ?? limits["gt"];
  const high = limits["lt"] ?? limits["lte"];
  if (low === undefined) return `below ${numberText(high)}`;
  return high === undefined ? `from ${numberText(low)}` : `${numberText(low)} – ${numberText(high)}`;
}

function numberText(value: Json | undefined): string {
  return typeof value === "number" ? value.toLocaleString("en") : valueText(value);
}
