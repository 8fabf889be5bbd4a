/** Which words can stand at a place of the request. Knows nothing of the editor. */

import { BODY, type Kind, type Names } from "./grammar.js";
import { parseTree, type ArrayTree, type Entry, type ObjectTree, type Span, type Tree } from "./json-tree.js";
import { hasColumn, type Field } from "./mapping.js";
import { rolesOf, type FunctionSummary, type Parameter } from "./functions.js";

export interface Candidate {
  label: string;
  /** Such as the type of a field. */
  detail: string;
  /** A sentence that explains it. */
  info?: string;
  /** The text in place of what is completed, and where in it the cursor goes. */
  insert: string;
  cursor: number;
}

export interface Completions extends Span {
  /** What is there up to the cursor, without the quote. */
  typed: string;
  candidates: Candidate[];
}

/** What is known of the index and of the functions. */
export interface Known {
  fields: readonly Field[];
  functions: readonly FunctionSummary[];
  parametersOf(functionName: string): readonly Parameter[] | undefined;
}

interface Name {
  name: string;
  detail: string;
  info?: string;
  start?: string;
}

export function completions(text: string, position: number, known: Known): Completions | undefined {
  const place = placeAt(parseTree(text), position);
  if (place === undefined) return undefined;
  const { kind, parents, span } = place;
  const from = span?.from ?? position;
  const to = span?.to ?? position;
  const typed = text.slice(from, position).replace(/^"/, "");

  if (place.expects === "key") {
    const siblings = new Set(
      place.object.entries.filter((entry) => entry.key.from !== from).map((entry) => entry.key.value),
    );
    const isFollowedByColon = /^\s*:/.test(text.slice(to));
    const candidates = keysOf(kind, parents, known)
      .filter(({ name }) => !siblings.has(name))
      .map(({ name, start = "|", ...rest }) =>
        candidate(name, isFollowedByColon ? `"${name}"|` : `"${name}": ${start}`, rest),
      );
    return { from, to, typed, candidates };
  }
  const isText = span !== undefined && text[from] === '"';
  const candidates = valuesOf(kind, parents, known).map(({ name, ...rest }) => {
    const isWord = name === "true" || name === "false";
    return candidate(name, isWord && !isText ? `${name}|` : `"${name}"|`, rest);
  });
  return { from, to, typed, candidates };
}

function candidate(label: string, template: string, { detail, info }: Omit<Name, "name">): Candidate {
  const cursor = template.indexOf("|");
  return { label, detail, ...(info !== undefined && { info }), insert: template.replace("|", ""), cursor };
}

interface Place {
  expects: "key" | "value";
  /** What is completed; a place between words has nothing. */
  span?: Span;
  /** The kind of the object whose key it is, or of the value. */
  kind: Kind;
  /** The object that the place is in. */
  object: ObjectTree;
  /** The objects around the place, the innermost last. */
  parents: ObjectTree[];
}

function placeAt(tree: Tree | undefined, position: number): Place | undefined {
  return tree?.kind === "object" ? inObject(tree, position, BODY, []) : undefined;
}

function inObject(object: ObjectTree, position: number, kind: Kind, parents: ObjectTree[]): Place | undefined {
  if (position <= object.from) return undefined;
  const around = [...parents, object];
  for (const entry of object.entries) {
    if (touches(entry.key, position)) return { expects: "key", span: entry.key, kind, object, parents: around };
    const room = entry.room;
    if (room === undefined || position < room.from || position > room.to) continue;
    const inside = kindOf(kind, entry);
    return inside && inValue(entry.value, position, inside, object, around);
  }
  return { expects: "key", kind, object, parents: around };
}

function inValue(
  value: Tree | undefined,
  position: number,
  kind: Kind,
  object: ObjectTree,
  parents: ObjectTree[],
): Place | undefined {
  if (value === undefined) return { expects: "value", kind, object, parents };
  if (value.kind === "object") return isInside(value, position) ? inObject(value, position, kind, parents) : undefined;
  if (value.kind === "array") {
    const item = value.items.find((one) => position >= one.from && position <= one.to);
    return isInside(value, position) ? inValue(item, position, kind, object, parents) : undefined;
  }
  return touches(value, position) ? { expects: "value", span: value, kind, object, parents } : undefined;
}

/** Whether a place is between the braces or brackets; those that are not closed yet end where the text ends. */
function isInside(value: ObjectTree | ArrayTree, position: number): boolean {
  return position > value.from && (position < value.to || (position === value.to && !value.isClosed));
}

function touches(span: Span, position: number): boolean {
  return position > span.from && position <= span.to;
}

function kindOf(kind: Kind, entry: Entry): Kind | undefined {
  return kind.keys?.()[entry.key.value] ?? kind.named?.kind;
}

function keysOf(kind: Kind, parents: ObjectTree[], known: Known): Name[] {
  const fixed = Object.entries(kind.keys?.() ?? {}).map(([name, { start }]) => ({ name, detail: "", start }));
  const named = kind.named;
  if (named === undefined) return fixed;
  const names = namesOf(named.names, parents, known);
  return [...names.map((name) => ({ start: named.kind.start, ...name })), ...fixed];
}

function valuesOf(kind: Kind, parents: ObjectTree[], known: Known): Name[] {
  const { values } = kind;
  if (values === undefined) return [];
  return typeof values === "string" ? namesOf(values, parents, known) : values.map((name) => ({ name, detail: "" }));
}

function namesOf(names: Names, parents: ObjectTree[], known: Known): Name[] {
  switch (names) {
    case "fields":
      return known.fields.map(({ name, type }) => ({ name, detail: type }));
    case "columns":
      return known.fields.filter(hasColumn).map(({ name, type }) => ({ name, detail: type }));
    case "filters":
      return functionNames(known, "filter");
    case "scorers":
      return functionNames(known, "scorer");
    case "valueFunctions":
      return functionNames(known, "values");
    case "parameters":
      return parameterNames(parents, known);
  }
}

function functionNames({ functions }: Known, role: "filter" | "scorer" | "values"): Name[] {
  return functions
    .filter((summary) => rolesOf(summary).includes(role))
    .map(({ name, versions, summary }) => ({ name, detail: versions.at(-1) ?? "", info: summary }));
}

/** The parameters of the function whose name is beside the object with the parameters. */
function parameterNames(parents: ObjectTree[], known: Known): Name[] {
  const call = parents.at(-2);
  const name = call?.entries.find((entry) => entry.key.value === "name")?.value;
  const parameters = name?.kind === "text" ? known.parametersOf(name.value) : undefined;
  return (parameters ?? []).map(({ name, kind, required, summary, default: preset }) => ({
    name,
    detail: required ? `${kind}, required` : kind,
    info: summary,
    start: ["text", "field"].includes(kind)
      ? '"|"'
      : ["integers", "floats", "texts"].includes(kind)
        ? "[|]"
        : `${preset === undefined ? "" : JSON.stringify(preset)}|`,
  }));
}
