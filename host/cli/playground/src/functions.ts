/** Published functions, and the parameters that a new call begins with. */

import type { Json, JsonObject } from "./json.js";
import { groupOf, hasColumn, type Field, type FieldGroup } from "./mapping.js";
import type { Role } from "./request.js";

export type Kind = "boolean" | "integer" | "float" | "text" | "integers" | "floats" | "texts" | "json" | "field";

export interface Parameter {
  name: string;
  kind: Kind;
  required: boolean;
  default?: Json;
  summary: string;
}

/** An entry of `GET /_udf`. */
export interface FunctionSummary {
  name: string;
  versions: string[];
  summary: string;
  filter: boolean;
  scorer: boolean;
  values: boolean;
  deprecated?: string[];
  disabled?: string[];
}

/** A version in the answer to `GET /_udf/{name}`. */
export interface FunctionVersion {
  version: string;
  summary: string;
  parameters?: Parameter[];
  yanked?: Json;
  error?: string;
}

export const ROLES: readonly Role[] = ["filter", "scorer", "values"];

export function rolesOf(summary: FunctionSummary): Role[] {
  return ROLES.filter((role) => summary[role]);
}

/** The version that a call means: the one that it names, or the newest. The server alone resolves requirements such as `^1`. */
export function versionOf(versions: readonly FunctionVersion[], wanted?: string): FunctionVersion | undefined {
  const readable = versions.filter((version) => version.error === undefined);
  return (
    readable.find((version) => version.version === wanted) ??
    readable.findLast((version) => version.yanked === undefined) ??
    readable.at(-1)
  );
}

/** Two parameters that are one point, or two lists that are the corners of a polygon. */
export interface PointPair {
  lat: Parameter;
  lon: Parameter;
  isPolygon: boolean;
}

/** Functions take points as numbers; by their names they belong together. */
export function pointPairs(parameters: readonly Parameter[]): PointPair[] {
  return parameters.flatMap((lat) => {
    const [, prefix, plural] = /^(.*?)(?:lat|latitude)(s?)$/i.exec(lat.name) ?? [];
    const isPolygon = plural !== "";
    if (prefix === undefined || lat.kind !== (isPolygon ? "floats" : "float")) return [];
    const names = ["lon", "lng", "long", "longitude"].map((name) => (prefix + name + plural).toLowerCase());
    const lon = parameters.find((one) => one.kind === lat.kind && names.includes(one.name.toLowerCase()));
    return lon === undefined ? [] : [{ lat, lon, isPolygon }];
  });
}

/** What the words of a summary say about the fields that a parameter is for: the contract itself does not. */
const FIELD_WORDS: [RegExp, FieldGroup][] = [
  [/\bpoints?\b|\bgeo\b/i, "point"],
  [/\bdates?\b/i, "date"],
  [/\bboolean\b/i, "boolean"],
  [/\bnumbers?\b|\bprices?\b|\bvectors?\b/i, "number"],
  [/\btexts?\b|\bkeywords?\b|\bnames?\b|\bwords?\b/i, "keyword"],
];

/** The fields that functions can read, those first that the parameter seems to be for. */
export function fieldsFor(parameter: Parameter, parameters: readonly Parameter[], fields: readonly Field[]): Field[] {
  const byPoint: FieldGroup | undefined = pointPairs(parameters).length > 0 ? "point" : undefined;
  const bySummary = FIELD_WORDS.find(([words]) => words.test(parameter.summary))?.[1];
  const group = bySummary ?? byPoint;
  // Of all keywords, those of texts are most likely names and titles.
  const rank = (field: Field) =>
    groupOf(field) !== (group ?? "number") ? 2 : group === "keyword" && !field.isSubField ? 1 : 0;
  return fields.filter(hasColumn).toSorted((left, right) => rank(left) - rank(right));
}

/** What is known about the index when a call is made. */
export interface Examples {
  fields: readonly Field[];
  /** A value of the field in some document. */
  value(field: string): Json | undefined;
  /** The smallest and the largest value of a number field. */
  range(field: string): Range | undefined;
}

/** Parameters with which a new call can run at once, as far as they can be known. */
export function initialParameters(parameters: readonly Parameter[], role: Role, examples: Examples): JsonObject {
  const initial: JsonObject = {};
  const field = parameters.find((parameter) => parameter.kind === "field");
  const fieldName = field && fieldsFor(field, parameters, examples.fields)[0]?.name;
  const example = fieldName === undefined ? undefined : examples.value(fieldName);
  const point = pointOf(example) ?? { lat: 0, lon: 0 };
  const pairs = pointPairs(parameters);
  const hasOptions = parameters.every((parameter) => parameter.kind === "field" || !parameter.required);
  const firstOption = parameters.find((parameter) => parameter.kind !== "field" && parameter.default === undefined);

  for (const parameter of parameters) {
    const isNeeded = parameter.required || isRequiredBy(parameter, role) || (hasOptions && parameter === firstOption);
    if (!isNeeded || isOnlyForOther(parameter, role)) continue;
    if (parameter.kind === "field") initial[parameter.name] = fieldName ?? "";
    else initial[parameter.name] = parameter.default ?? startOf(parameter, example, examples.range(fieldName ?? ""));
  }
  for (const pair of pairs.filter(({ lat }) => lat.name in initial)) {
    Object.assign(initial, pointParameters(pair, pair.isPolygon ? squareAround(point) : [point]));
  }
  return initial;
}

/** The values of both parameters. */
export function pointParameters({ lat, lon, isPolygon }: PointPair, points: readonly Point[]): JsonObject {
  const [lats, lons] = [points.map((point) => point.lat), points.map((point) => point.lon)];
  if (isPolygon) return { [lat.name]: lats, [lon.name]: lons };
  return lats[0] === undefined || lons[0] === undefined ? {} : { [lat.name]: lats[0], [lon.name]: lons[0] };
}

function squareAround({ lat, lon }: Point): Point[] {
  const [north, south] = [Math.min(90, lat + 5), Math.max(-90, lat - 5)];
  const [east, west] = [Math.min(180, lon + 5), Math.max(-180, lon - 5)];
  return [
    { lat: north, lon: west },
    { lat: north, lon: east },
    { lat: south, lon: east },
    { lat: south, lon: west },
  ].map((corner) => ({ lat: Number(corner.lat.toFixed(2)), lon: Number(corner.lon.toFixed(2)) }));
}

function startOf(parameter: Parameter, example: Json | undefined, values: Range | undefined): Json {
  switch (parameter.kind) {
    case "boolean":
      return false;
    case "integer":
    case "float": {
      const { min, max } = rangeOf(parameter, values);
      const start = max <= 1 ? (min + max) / 2 : min + (max - min) / 10;
      return parameter.kind === "integer" ? Math.round(start) : start;
    }
    case "integers":
    case "floats":
    case "texts":
      return [];
    case "json":
      return null;
    default:
      return typeof example === "string" ? example : "";
  }
}

/** Optional parameters may be required for one role, which only their summary says. */
function isRequiredBy(parameter: Parameter, role: Role): boolean {
  return new RegExp(`required by the ${role}\\b`, "i").test(parameter.summary);
}

export function isOnlyForOther(parameter: Parameter, role: Role): boolean {
  const only = /(?:only for|required by) the (filter|scorer|values)\b/i.exec(parameter.summary)?.[1];
  return only !== undefined && only !== role;
}

export interface Point {
  lat: number;
  lon: number;
}

export interface Range {
  min: number;
  max: number;
}

/** The range of a slider: as the summary says, that of the field's values, as the unit in the name suggests, or around the default. */
export function rangeOf(parameter: Parameter, values: Range | undefined): Range {
  const said = /(?:between|from) (-?[\d.]*\d) (?:and|to) (-?[\d.]*\d)/i.exec(parameter.summary);
  if (said) return { min: Number(said[1]), max: Number(said[2]) };
  if (values !== undefined && /^(min|max|from|to|least|most|pivot|threshold)$/i.test(parameter.name)) return values;
  if (/(^|_)(lat|latitude)$/i.test(parameter.name)) return { min: -90, max: 90 };
  if (/(^|_)(lon|lng|long|longitude)$/i.test(parameter.name)) return { min: -180, max: 180 };
  if (/_km$/i.test(parameter.name)) return { min: 0, max: 5000 };
  if (/_m$/i.test(parameter.name)) return { min: 0, max: 50_000 };
  if (typeof parameter.default === "number" && parameter.default > 0)
    return { min: 0, max: Math.max(1, parameter.default * 5) };
  return { min: 0, max: 100 };
}

/** A point of a document, in the notations that have the names or the order of both numbers. */
export function pointOf(value: Json | undefined): Point | undefined {
  if (typeof value === "string") {
    const [lat, lon] = value.split(",").map(Number);
    return isNumber(lat) && isNumber(lon) ? { lat, lon } : undefined;
  }
  if (Array.isArray(value)) {
    const [lon, lat] = value;
    return isNumber(lat) && isNumber(lon) ? { lat, lon } : pointOf(value[0]);
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { lat, lon } = value;
  return isNumber(lat) && isNumber(lon) ? { lat, lon } : undefined;
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
