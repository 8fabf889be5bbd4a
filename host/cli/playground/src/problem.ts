/** What went wrong, with all that the server says about it. */

import { NoAnswer, ServerError } from "./api.js";
import { element, type Child } from "./dom.js";
import { format, isObject, type Json, type JsonObject } from "./json.js";

/** Moves the cursor of the editor, if the error has a place in the request. */
export type GoTo = (line: number, column: number) => void;

export function problemElement(error: unknown, goTo?: GoTo): HTMLElement {
  if (error instanceof NoAnswer) {
    const advice =
      "The server does not answer. Check that `quidditch serve` is running and that this page comes from it, then run the request again.";
    return box("No answer", [element("p", {}, advice), element("p", { class: "faint" }, error.url)]);
  }
  if (error instanceof ServerError) return serverProblem(error, goTo);
  return box("Error in the page", [element("p", {}, error instanceof Error ? error.message : String(error))]);
}

function serverProblem({ status, body }: ServerError, goTo?: GoTo): HTMLElement {
  const error = isObject(body) ? body["error"] : undefined;
  if (!isObject(error)) {
    const text = typeof body === "string" && body !== "" ? body : JSON.stringify(body);
    return box(`Status ${status}`, [element("p", {}, text)]);
  }
  const causes = causesOf(error);
  const items = causes.map((cause) => element("li", {}, ...causeText(cause, goTo)));
  const whole = element(
    "details",
    {},
    element("summary", {}, "The whole answer"),
    element("pre", { tabindex: 0 }, format(body)),
  );
  return box(`Status ${status}: ${String(error["type"] ?? "error")}`, [
    element("ol", { class: "causes" }, ...items),
    whole,
  ]);
}

/** The error, what it wraps, and the causes of that: each once, the last one is what to look at first. */
export function causesOf(error: JsonObject): JsonObject[] {
  const found = new Map<string, JsonObject>();
  const shards = Array.isArray(error["failed_shards"])
    ? error["failed_shards"].filter(isObject).map((shard) => shard["reason"])
    : [];
  const roots = Array.isArray(error["root_cause"]) ? error["root_cause"] : [];
  const visit = (cause: Json | undefined) => {
    if (!isObject(cause)) return;
    const key = JSON.stringify([cause["type"], cause["reason"]]);
    // Of two that say the same, the one with the place or the cause says more.
    const known = found.get(key);
    if (known === undefined || Object.keys(cause).length > Object.keys(known).length) found.set(key, cause);
    visit(cause["caused_by"]);
  };
  visit(error);
  roots.forEach(visit);
  shards.forEach(visit);
  return [...found.values()];
}

function causeText(cause: JsonObject, goTo?: GoTo): Child[] {
  const { type, reason, line, col, script, script_stack, position } = cause;
  const parts: Child[] = [element("code", {}, String(type ?? "")), " ", String(reason ?? "")];
  if (typeof script === "string") parts.push(element("span", { class: "kind" }, script));
  if (typeof line === "number" && typeof col === "number") {
    const place = `line ${line}, column ${col}`;
    parts.push(
      " ",
      goTo
        ? element("button", { type: "button", class: "quiet", onclick: () => goTo(line, col) }, `Go to ${place}`)
        : place,
    );
  }
  if (isObject(position)) parts.push(element("span", { class: "kind" }, `at offset ${String(position["offset"])}`));
  if (Array.isArray(script_stack)) parts.push(element("pre", { tabindex: 0 }, script_stack.join("\n")));
  return parts;
}

function box(title: string, children: HTMLElement[]): HTMLElement {
  return element("section", { class: "problem" }, element("h3", {}, title), ...children);
}
