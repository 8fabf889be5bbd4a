/** How a score came about, as a tree that opens and closes. */

import type { Explanation } from "./api.js";
import { element } from "./dom.js";

/** Deeper parts are closed at first. */
const OPEN_LEVELS = 2;

export function explanationTree(explanation: Explanation, level = 0): HTMLElement {
  const { value, description, details } = explanation;
  const line = [element("span", { class: "explain-value" }, numberText(value)), " ", element("span", {}, description)];
  if (details.length === 0) return element("div", { class: "explain-leaf" }, ...line);
  return element(
    "details",
    { class: "explain-node", open: level < OPEN_LEVELS },
    element("summary", {}, ...line),
    ...details.map((detail) => explanationTree(detail, level + 1)),
  );
}

export function numberText(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString("en")
    : value.toLocaleString("en", { maximumSignificantDigits: 6 });
}
