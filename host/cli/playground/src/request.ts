/** Finding and changing parts of a search request: its filters, and the calls of functions. */

import { at, isObject, replaced, type Json, type JsonObject, type Path } from "./json.js";

export type Role = "filter" | "scorer" | "values";

/** A function that the request calls. */
export interface Call {
  /** Leads to the object with the name and the parameters. */
  path: Path;
  role: Role;
  name: string;
  /** A version or a requirement. */
  version?: string;
  /** Leads to the parameters. */
  parametersPath: Path;
  parameters: JsonObject;
  /** Of a computed field. */
  fieldType?: string;
}

/** The types of computed fields whose values functions return. */
export const FIELD_TYPES = ["double", "long", "keyword", "boolean", "date"];

/** A clause in the list of filters of the request. */
export interface FilterClause {
  path: Path;
  clause: JsonObject;
}

/** Queries that score the matches of a query inside of them: a filter belongs there, where it saves scores. */
const SCORING = ["script_score", "function_score"];

/** With one more filter. What matched before keeps its score. */
export function addFilter(request: JsonObject, clause: JsonObject): JsonObject {
  return withQuery(request, filtered(request["query"], clause));
}

function filtered(query: Json | undefined, clause: JsonObject): JsonObject {
  if (!isObject(query)) return { bool: { must: [{ match_all: {} }], filter: [clause] } };
  for (const scoring of SCORING) {
    const inside = query[scoring];
    if (isObject(inside)) return { [scoring]: { ...inside, query: filtered(inside["query"], clause) } };
  }
  const bool = query["bool"];
  if (isObject(bool) && !hasOptionalClauses(bool)) {
    return { bool: { ...bool, filter: [...list(bool["filter"]), clause] } };
  }
  return { bool: { must: [query], filter: [clause] } };
}

/** Beside a filter, none of the `should` clauses would have to match any more. */
function hasOptionalClauses(bool: JsonObject): boolean {
  return "should" in bool && !("must" in bool) && !("filter" in bool) && !("minimum_should_match" in bool);
}

/** The clauses of the list that `addFilter` adds to. */
export function filters(request: JsonObject): FilterClause[] {
  const path = matchingPath(request);
  const filter = at(request, [...path, "bool", "filter"]);
  return list(filter).flatMap((clause, index) => {
    const place = [...path, "bool", "filter", ...(Array.isArray(filter) ? [index] : [])];
    return isObject(clause) ? [{ path: place, clause }] : [];
  });
}

/** Leads to the query that matches, inside of those that only score. */
function matchingPath(request: JsonObject): Path {
  let path: Path = ["query"];
  for (;;) {
    const query = at(request, path);
    const scoring = isObject(query) ? SCORING.find((name) => isObject(query[name])) : undefined;
    if (scoring === undefined) return path;
    path = [...path, scoring, "query"];
  }
}

/** Queries of a text in any field. */
const TEXT_QUERIES = ["multi_match", "simple_query_string", "query_string"];

/** The words that the request searches for. */
export function words(request: JsonObject): string {
  const query = at(request, textPath(request) ?? []);
  const text = isObject(query)
    ? TEXT_QUERIES.map((name) => at(query, [name, "query"])).find((one) => typeof one === "string")
    : undefined;
  return typeof text === "string" ? text : "";
}

/** Searches for other words; without any, for all documents in place of the query for words. Everything else stays as it is. */
export function setWords(request: JsonObject, text: string): JsonObject {
  const path = textPath(request);
  const query = path && at(request, path);
  const known = isObject(query) ? TEXT_QUERIES.find((name) => name in query) : undefined;
  if (path !== undefined && known !== undefined && text !== "")
    return replaced(request, [...path, known, "query"], text) as JsonObject;
  const clause = text === "" ? { match_all: {} } : { multi_match: { query: text } };
  if (path !== undefined)
    return path.length === 1 ? withQuery(request, clause) : (replaced(request, path, clause) as JsonObject);
  const around = matchingPath(request);
  const must = at(request, [...around, "bool", "must"]);
  const isList = isObject(at(request, [...around, "bool"])) && must !== undefined;
  return replaced(
    request,
    isList ? [...around, "bool", "must"] : around,
    isList ? [clause, ...list(must)] : { bool: { must: [clause, at(request, around) ?? null] } },
  ) as JsonObject;
}

/** Leads to the clause that stands for words: a query of a text, or of all documents. */
function textPath(request: JsonObject): Path | undefined {
  const path = matchingPath(request);
  const must = [...path, "bool", "must"];
  const candidates = [path, must, ...list(at(request, must)).map((_, index) => [...must, index])];
  return candidates.find((candidate) => {
    const query = at(request, candidate);
    if (candidate === path && query === undefined) return true;
    return isObject(query) && ["match_all", ...TEXT_QUERIES].some((name) => name in query);
  });
}

/** Without the clause at the path, and without lists that are empty then. */
export function removeClause(request: JsonObject, path: Path): JsonObject {
  let changed = replaced(request, path, undefined) as JsonObject;
  let parent = path.slice(0, -1);
  while (parent.length > 0 && isEmpty(at(changed, parent))) {
    changed = replaced(changed, parent, undefined) as JsonObject;
    parent = parent.slice(0, -1);
  }
  return changed;
}

function isEmpty(value: Json | undefined): boolean {
  return (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
}

/** With a call of a function. Values become a computed field that the hits show. */
export function addCall(request: JsonObject, role: Role, name: string, parameters: JsonObject): JsonObject {
  const call = { wasm_udf: { name, parameters } };
  if (role === "filter") return addFilter(request, call);
  if (role === "scorer") {
    return withQuery(request, { script_score: { query: request["query"] ?? { match_all: {} }, ...call } });
  }
  const derived = isObject(request["derived"]) ? request["derived"] : {};
  const field = freeName(name.replace(/.*\//, ""), derived);
  return {
    ...request,
    derived: { ...derived, [field]: { type: "double", ...call } },
    fields: [...list(request["fields"]), field],
  };
}

function freeName(name: string, taken: JsonObject): string {
  let free = name;
  for (let number = 2; free in taken; number++) free = `${name}_${number}`;
  return free;
}

/** The calls of functions, in the order of the request. */
export function calls(request: JsonObject): Call[] {
  const found: Call[] = [];
  visit(request, []);
  return found;

  function visit(value: Json, path: Path): void {
    if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...path, index]));
    if (!isObject(value)) return;
    for (const [key, inside] of Object.entries(value)) {
      const here = [...path, key];
      if (key === "wasm_udf" && isObject(inside)) {
        const chain = Array.isArray(inside["chain"])
          ? inside["chain"].map((_, index) => [...here, "chain", index])
          : [here];
        found.push(...chain.flatMap((one) => callAt(one, "name", "parameters")));
      } else if (key === "script" && isObject(inside) && inside["lang"] === "wasm") {
        found.push(...callAt(here, "id", "params"));
      } else {
        visit(inside, here);
      }
    }
  }

  function callAt(path: Path, nameKey: string, parametersKey: string): Call[] {
    const id = at(request, [...path, nameKey]);
    // Without a name it is being written.
    if (typeof id !== "string" || id === "") return [];
    const [name = id, inId] = id.split("@");
    const version = at(request, [...path, "version"]) ?? inId;
    const parameters = at(request, [...path, parametersKey]);
    const role = roleAt(path);
    const fieldType = isOfField(path) ? at(request, typePath(path)) : undefined;
    return [
      {
        path,
        role,
        name,
        ...(typeof version === "string" && { version }),
        parametersPath: [...path, parametersKey],
        parameters: isObject(parameters) ? parameters : {},
        ...(typeof fieldType === "string" && { fieldType }),
      },
    ];
  }
}

/** Whether the call computes a field of the request. */
function isOfField(path: Path): boolean {
  return path[0] === "derived" || path[0] === "runtime_mappings";
}

/** What a function is called as depends on where. */
function roleAt(path: Path): Role {
  if (isOfField(path)) return "values";
  const end = path.findLastIndex((step) => step === "wasm_udf" || step === "script");
  const clause = path.slice(0, end);
  const around = clause.at(-1);
  if (around === "script_score" || around === "function_score") return "scorer";
  // The script of a query is in a `script` itself; others are those of sorts and aggregations.
  if (path[end] === "script" && around !== "script") return "values";
  return typeof around === "number" && clause.at(-2) === "functions" ? "scorer" : "filter";
}

export function setParameter(request: JsonObject, call: Call, name: string, value: Json | undefined): JsonObject {
  return replaced(request, [...call.parametersPath, name], value) as JsonObject;
}

export function setFieldType(request: JsonObject, call: Call, type: string): JsonObject {
  return replaced(request, typePath(call.path), type) as JsonObject;
}

/** The type of a computed field is beside the call. */
function typePath(callPath: Path): Path {
  return [...callPath.slice(0, -1), "type"];
}

/** Without the call: a scored query is replaced by what is inside of it, a computed field is shown no more. */
export function removeCall(request: JsonObject, call: Call): JsonObject {
  if (call.path.at(-2) === "chain") return removeClause(request, call.path);
  const clause = call.path.slice(0, -1);
  if (call.role === "filter") {
    // `{"script": {"script": {...}}}`, the form of a script query, has one more level.
    const isScriptQuery = call.path.at(-1) === "script" && clause.at(-1) === "script";
    return removeClause(request, isScriptQuery ? clause.slice(0, -1) : clause);
  }
  if (isOfField(call.path)) return removeField(request, clause);
  // A `function_score` may call the function itself, or have a `script_score` that does.
  const scoring = clause.at(-2) === "function_score" ? clause.slice(0, -1) : clause;
  const query = at(request, [...scoring, "query"]);
  if (SCORING.some((name) => name === scoring.at(-1)) && isObject(query)) {
    return replaced(request, scoring.slice(0, -1), query) as JsonObject;
  }
  return removeClause(request, clause.at(-1) === "script_score" ? clause.slice(0, -1) : clause);
}

function removeField(request: JsonObject, path: Path): JsonObject {
  const field = path.at(-1);
  const changed = removeClause(request, path);
  const { fields, ...rest } = changed;
  if (!Array.isArray(fields)) return changed;
  const others = fields.filter((name) => name !== field);
  return others.length === 0 ? rest : { ...changed, fields: others };
}

/** With `"key": true`, or without the key. */
export function setSwitch(request: JsonObject, key: string, on: boolean): JsonObject {
  return replaced(request, [key], on ? true : undefined) as JsonObject;
}

/** The search whose only hit is one of those of the request, with how its score came about. */
export function explanationRequest(request: JsonObject, id: string): JsonObject {
  const { query, derived, runtime_mappings, rescore, min_score, indices_boost, post_filter } = request;
  const onlyThis = { ids: { values: [id] } };
  const kept = { query, derived, runtime_mappings, rescore, min_score, indices_boost };
  const explained: JsonObject = { size: 1, _source: false, explain: true };
  for (const [key, value] of Object.entries(kept)) if (value !== undefined) explained[key] = value;
  explained["post_filter"] = post_filter === undefined ? onlyThis : { bool: { filter: [post_filter, onlyThis] } };
  return explained;
}

/** The query is the first key unless it is there already. */
function withQuery(request: JsonObject, query: Json): JsonObject {
  return "query" in request ? { ...request, query } : { query, ...request };
}

function list(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
