/** What the page finds out about an index when it is chosen. */

import { ServerError, type Api, type SearchAnswer } from "./api.js";
import { facetsOf, type Facet, type Figures } from "./facets.js";
import { pointOf, type Examples, type Range } from "./functions.js";
import { at, isObject, type Json, type JsonObject } from "./json.js";
import { cellOf, type Bounds, type Cell } from "./map.js";
import { groupOf, type Field } from "./mapping.js";

export interface IndexInfo extends Examples {
  name: string;
  facets: readonly Facet[];
  cells(field: string, bounds: Bounds, level: number): Promise<Cell[]>;
}

/** Before an index is chosen. */
export const NO_INDEX: IndexInfo = {
  name: "",
  fields: [],
  facets: [],
  value: () => undefined,
  range: () => undefined,
  cells: () => Promise.resolve([]),
};

/** Figures of more fields than these would make opening an index slow. */
const MOST_FIELDS = 20;

export async function loadIndex(api: Api, name: string): Promise<IndexInfo> {
  const fields = await api.fields(name);
  const measured = fields.filter((field) => ["number", "keyword"].includes(groupOf(field))).slice(0, MOST_FIELDS);
  const number = fields.find((field) => groupOf(field) === "number");
  const answer = await figuresAnswer(api, name, measured, number);
  const figures = figuresOf(measured, answer.aggregations ?? {});
  const examples = answer.hits.hits.map((hit) => hit._source ?? {});
  const background = new Map<string, Promise<Cell[]>>();

  return {
    name,
    fields,
    facets: facetsOf(fields, figures, answer.hits.total?.value ?? 0),
    value: (field) => examples.map((source) => valueAt(source, field)).find((value) => value !== undefined),
    range(field): Range | undefined {
      const known = figures.get(field);
      return known !== undefined && "median" in known ? { min: known.min, max: known.max } : undefined;
    },
    /** The same part of the map is shown again when a form is made anew. */
    cells(field, bounds, level) {
      const key = JSON.stringify([field, bounds]);
      const known = background.get(key);
      if (known !== undefined) return known;
      const found = cellsOf(api, name, field, bounds, level);
      background.set(key, found);
      found.catch(() => background.delete(key));
      return found;
    },
  };
}

/**
 * Figures and examples, or examples alone if the server cannot compute the figures: the function of a computed field may fail,
 * and a field may have different types in several indices.
 */
async function figuresAnswer(
  api: Api,
  index: string,
  fields: readonly Field[],
  number: Field | undefined,
): Promise<SearchAnswer> {
  try {
    return await api.search(index, JSON.stringify(figuresRequest(fields, number)));
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return api.search(index, JSON.stringify(figuresRequest([], undefined)));
  }
}

/** Examples are the documents with the largest numbers: often such that people know. */
function figuresRequest(fields: readonly Field[], number: Field | undefined): JsonObject {
  const aggregations = fields.map((field, index) => [
    `figures_${index}`,
    groupOf(field) === "number"
      ? { percentiles: { field: field.name, percents: [0, 50, 100] } }
      : { cardinality: { field: field.name } },
  ]);
  const sort = number === undefined ? {} : { sort: [{ [number.name]: "desc" }] };
  return { size: 10, track_total_hits: true, ...sort, aggs: Object.fromEntries(aggregations) as JsonObject };
}

function figuresOf(fields: readonly Field[], aggregations: Record<string, JsonObject>): Map<string, Figures> {
  const figures = new Map<string, Figures>();
  fields.forEach((field, index) => {
    const found = aggregations[`figures_${index}`] ?? {};
    const percentiles = found["values"];
    if (isObject(percentiles)) {
      const [min, median, max] = Object.values(percentiles);
      // Without documents they are null.
      if (typeof min === "number" && typeof median === "number" && typeof max === "number")
        figures.set(field.name, { min, median, max });
    } else if (typeof found["value"] === "number") {
      figures.set(field.name, { distinct: found["value"] });
    }
  });
  return figures;
}

/** The value of a field in a source, where names with dots may be objects inside of objects. A sub-field has those of its field. */
export function valueAt(source: JsonObject, field: string): Json | undefined {
  const value = source[field] ?? at(source, field.split("."));
  if (value !== undefined) return isPlain(value) ? first(value) : value;
  const parent = field.slice(0, Math.max(0, field.lastIndexOf(".")));
  return parent === "" ? undefined : valueAt(source, parent);
}

function isPlain(value: Json): boolean {
  return Array.isArray(value) && pointOf(value) === undefined;
}

function first(value: Json): Json | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Tiles of a width of 360° / 2^precision: about 256 of them from side to side at each level. */
async function cellsOf(api: Api, index: string, field: string, bounds: Bounds, level: number): Promise<Cell[]> {
  // A tile ends at a latitude of 85°.
  const corners = {
    top_left: { lat: bounds.north, lon: bounds.west },
    bottom_right: { lat: bounds.south, lon: bounds.east },
  };
  const grid: JsonObject = { field, precision: 8 + level, size: 10_000, ...(level > 0 && { bounds: corners }) };
  const body = { size: 0, track_total_hits: false, aggs: { cells: { geotile_grid: grid } } };
  const answer = await api.search(index, JSON.stringify(body));
  const buckets = answer.aggregations?.["cells"]?.["buckets"];
  return (Array.isArray(buckets) ? buckets : [])
    .filter(isObject)
    .map((bucket) => cellOf(String(bucket["key"]), Number(bucket["doc_count"])));
}
