/** Values of JSON: reading and changing them by path, and writing them as people do. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Keys and indexes that lead to a value inside of another one. */
export type Path = readonly (string | number)[];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function at(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === "number") found = found[step];
    else if (isObject(found) && typeof step === "string") found = found[step];
    else return undefined;
  }
  return found;
}

/** A copy with another value at the path, or without what is there. Objects that are missing on the way are made. */
export function replaced(value: Json | undefined, path: Path, replacement: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return replacement ?? null;
  if (Array.isArray(value) && typeof step === "number") {
    if (rest.length === 0 && replacement === undefined) return value.toSpliced(step, 1);
    return value.with(step, replaced(value[step], rest, replacement));
  }
  const object = isObject(value) ? value : {};
  if (rest.length === 0 && replacement === undefined) {
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
  }
  return { ...object, [step]: replaced(object[step], rest, replacement) };
}

/** A path as the server writes it: `query.bool.filter[1].wasm_udf`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** The words of a language that are not those of JSON. */
export interface Words {
  true: string;
  false: string;
  null: string;
}

const JSON_WORDS: Words = { true: "true", false: "false", null: "null" };

/** Indented JSON, in which everything that fits into a line is on one. */
export function format(value: Json, words: Words = JSON_WORDS, width = 72, indent = ""): string {
  const line = onOneLine(value, words);
  if (indent.length + line.length <= width || typeof value !== "object" || value === null) return line;
  const inner = `${indent}  `;
  const [open, close, items] = Array.isArray(value)
    ? ["[", "]", value.map((item) => format(item, words, width, inner))]
    : [
        "{",
        "}",
        Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${format(item, words, width, inner)}`),
      ];
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}

function onOneLine(value: Json, words: Words): string {
  if (Array.isArray(value)) return `[${value.map((item) => onOneLine(item, words)).join(", ")}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item, words)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  if (value === null) return words.null;
  if (typeof value === "boolean") return value ? words.true : words.false;
  return JSON.stringify(value);
}

/** The request as it is written in the editor: the body itself is never on one line, since people go on writing in it. */
export function formatRequest(request: JsonObject): string {
  const entries = Object.entries(request).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${format(value, JSON_WORDS, 72, "  ")}`,
  );
  return entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n}`;
}
