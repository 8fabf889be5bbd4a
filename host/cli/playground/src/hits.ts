/** The hits, as cards or as a table. */

import type { Explanation, Hit } from "./api.js";
import { element, newId, setAttributes, type Child } from "./dom.js";
import { explanationTree, numberText } from "./explain.js";
import { pointOf } from "./functions.js";
import { highlighted } from "./highlight.js";
import { isObject, type Json, type JsonObject } from "./json.js";
import { titleField, type Field } from "./mapping.js";

export type View = "cards" | "table";

export interface HitsOptions {
  hits: readonly Hit[];
  fields: readonly Field[];
  /** Indices are named if there are several. */
  showIndex: boolean;
  explain(hit: Hit): Promise<Explanation | undefined>;
  /** An error as an element. */
  problem(error: unknown): HTMLElement;
}

export function showHits(parent: HTMLElement, view: View, options: HitsOptions): void {
  if (options.hits.length === 0) {
    parent.replaceChildren(element("p", { class: "empty" }, "No hits."));
    return;
  }
  parent.replaceChildren(view === "cards" ? cards(options) : table(options));
}

function cards(options: HitsOptions): HTMLElement {
  const title = titleField(options.fields)?.name;
  const scores = options.hits.map((hit) => hit._score ?? 0);
  // Bars of equal length say nothing.
  const best = scores.some((score) => score !== scores[0]) ? Math.max(...scores) : 0;
  const items = options.hits.map((hit) => {
    const values = valuesOf(hit, options.fields);
    const heading = (title !== undefined && values.get(title)) || undefined;
    const rows = [...values].filter(([name]) => name !== title || heading === undefined);
    const explanation = element("div", { class: "explanation", hidden: true });
    return element(
      "li",
      { class: "card" },
      element("header", {}, element("h3", {}, ...(heading?.() ?? [hit._id])), scoreOf(hit, best)),
      element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, ...value())])),
      element(
        "footer",
        {},
        element("span", { class: "id" }, options.showIndex ? `${hit._index} / ${hit._id}` : hit._id),
        explainButton(hit, explanation, options),
      ),
      explanation,
    );
  });
  return element("ol", { class: "cards" }, ...items);
}

function table(options: HitsOptions): HTMLElement {
  const all = options.hits.map((hit) => ({ hit, values: valuesOf(hit, options.fields) }));
  const columns = [...new Set(all.flatMap(({ values }) => [...values.keys()]))];
  const head = [
    element("td", {}),
    ...["_score", "_id", ...columns].map((name) => element("th", { scope: "col" }, name)),
  ];
  const rows = all.flatMap(({ hit, values }) => {
    const explanation = element("div", { class: "explanation", hidden: true });
    const cells = columns.map((column) =>
      element("td", {}, element("div", { class: "cell" }, ...(values.get(column)?.() ?? []))),
    );
    const button = explainButton(hit, explanation, options);
    const row = element(
      "tr",
      {},
      element("td", {}, button),
      element("td", { class: "number" }, scoreText(hit)),
      element("td", { class: "id" }, hit._id),
      ...cells,
    );
    return [row, element("tr", { class: "explanation-row" }, element("td", { colspan: head.length }, explanation))];
  });
  return element(
    "div",
    { class: "table-box", role: "region", "aria-label": "Hits as a table", tabindex: "0" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)),
  );
}

/** The values of a hit, with highlights in place of what they were found in. Made anew for each use, since nodes have one place. */
function valuesOf(hit: Hit, fields: readonly Field[]): Map<string, () => Child[]> {
  const values = new Map<string, () => Child[]>();
  const { _source: source = {}, fields: shown = {}, highlight = {} } = hit;
  for (const [name, value] of [...flattened(source, ""), ...Object.entries(shown)]) {
    values.set(name, () => [valueText(value)]);
  }
  for (const [name, fragments] of Object.entries(highlight)) {
    // The text of a sub-field is that of its field.
    const isSubField = fields.some((field) => field.name === name && field.isSubField);
    const place = isSubField ? name.slice(0, name.lastIndexOf(".")) : name;
    if (place === name || !(place in highlight)) values.set(place, () => joined(fragments));
  }
  if (hit.matched_queries) values.set("matched_queries", () => [hit.matched_queries!.join(", ")]);
  return values;
}

/** The values of a source that are there, with the names of their fields. */
function flattened(source: JsonObject, prefix: string): [string, Json][] {
  return Object.entries(source).flatMap(([key, value]): [string, Json][] => {
    if (value === null || (Array.isArray(value) && value.length === 0)) return [];
    const isInner = isObject(value) && pointOf(value) === undefined;
    return isInner ? flattened(value, `${prefix}${key}.`) : [[prefix + key, value]];
  });
}

function joined(fragments: readonly string[]): Child[] {
  return fragments.flatMap((fragment, index) =>
    index === 0 ? highlighted(fragment) : [" … ", ...highlighted(fragment)],
  );
}

/** Numbers are written as the document has them: they may be years or identifiers, and all digits of a price count. */
function valueText(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  const point = isObject(value) ? pointOf(value) : undefined;
  if (point !== undefined) return `${point.lat}, ${point.lon}`;
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return JSON.stringify(value);
}

function scoreText({ _score, sort }: Hit): string {
  if (_score !== null) return numberText(_score);
  return sort === undefined ? "–" : sort.map((value) => valueText(value)).join(", ");
}

function scoreOf(hit: Hit, best: number): HTMLElement {
  const text = scoreText(hit);
  if (hit._score === null) return element("span", { class: "score", title: "Sort values" }, text);
  const score = element("span", { class: best > 0 ? "score has-bar" : "score", title: "Score" }, text);
  if (best > 0) score.style.setProperty("--share", String(hit._score / best));
  return score;
}

/** Opens and closes the explanation, which is asked for when it is opened first. */
function explainButton(hit: Hit, explanation: HTMLElement, { explain, problem }: HitsOptions): HTMLElement {
  explanation.id = newId();
  let isAsked = false;
  const button = element(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-expanded": "false",
      "aria-controls": explanation.id,
      onclick: () => void toggle(),
    },
    "Explain",
  );
  return button;

  async function toggle(): Promise<void> {
    explanation.hidden = !explanation.hidden;
    setAttributes(button, { "aria-expanded": String(!explanation.hidden) });
    if (isAsked) return;
    isAsked = true;
    explanation.replaceChildren(element("p", { class: "empty" }, "Asking the server…"));
    try {
      const found = await explain(hit);
      explanation.replaceChildren(
        found
          ? explanationTree(found)
          : element("p", { class: "empty" }, "The document is no hit of this request any more."),
      );
    } catch (error) {
      isAsked = false;
      explanation.replaceChildren(problem(error));
    }
  }
}
