/** The fields of an index. */

import { isObject, type Json } from "./json.js";

export interface Field {
  name: string;
  type: string;
  /** Whether it is another way of indexing the field around it. */
  isSubField: boolean;
}

export type FieldGroup = "text" | "keyword" | "number" | "boolean" | "date" | "point" | "other";

const GROUPS: Record<string, FieldGroup> = {
  text: "text",
  match_only_text: "text",
  search_as_you_type: "text",
  keyword: "keyword",
  wildcard: "keyword",
  constant_keyword: "keyword",
  ip: "keyword",
  long: "number",
  integer: "number",
  short: "number",
  byte: "number",
  unsigned_long: "number",
  double: "number",
  float: "number",
  half_float: "number",
  scaled_float: "number",
  token_count: "number",
  boolean: "boolean",
  date: "date",
  date_nanos: "date",
  geo_point: "point",
};

export function groupOf(field: Field): FieldGroup {
  return GROUPS[field.type] ?? "other";
}

/** Whether functions, sorts and aggregations can read the field. */
export function hasColumn(field: Field): boolean {
  return !["text", "other"].includes(groupOf(field));
}

/** The fields in the answer to `GET /{index}/_mapping`, of all indices that it describes, each name once. */
export function fieldsOf(answer: Json): Field[] {
  const fields = new Map<string, Field>();
  for (const index of Object.values(isObject(answer) ? answer : {})) {
    const mappings = isObject(index) ? index["mappings"] : undefined;
    if (!isObject(mappings)) continue;
    addFields(mappings["properties"], "", false, fields);
    addFields(mappings["derived"], "", false, fields);
  }
  return [...fields.values()];
}

function addFields(
  properties: Json | undefined,
  prefix: string,
  isSubField: boolean,
  fields: Map<string, Field>,
): void {
  if (!isObject(properties)) return;
  for (const [key, definition] of Object.entries(properties)) {
    if (!isObject(definition)) continue;
    const name = prefix + key;
    const type = typeof definition["type"] === "string" ? definition["type"] : "object";
    // Fields of nested objects are found by `nested` queries only, which write their full names.
    if (type !== "object") fields.set(name, { name, type, isSubField });
    addFields(definition["properties"], `${name}.`, false, fields);
    addFields(definition["fields"], `${name}.`, true, fields);
  }
}

/** The field whose value names a document: its first text that has no other sense, or its first keyword. */
export function titleField(fields: readonly Field[]): Field | undefined {
  const top = fields.filter((field) => !field.isSubField);
  return (
    top.find((field) => /^(name|title|label|subject)$/i.test(field.name)) ??
    top.find((field) => groupOf(field) === "text") ??
    top.find((field) => groupOf(field) === "keyword")
  );
}
