/** What a search cost, as its profile says. */

import type { FunctionCost, FunctionFailure, SearchAnswer } from "./api.js";
import { element } from "./dom.js";
import { numberText } from "./explain.js";

export function showCost(parent: HTMLElement, answer: SearchAnswer): void {
  const { profile, function_failures: failures = [] } = answer;
  const parts: HTMLElement[] = [];
  if (failures.length > 0) parts.push(failuresList(failures));
  if (profile === undefined) {
    parts.push(
      element(
        "p",
        { class: "empty" },
        "Switch on “Profile” and run the request: the server then says what each function and each step cost.",
      ),
    );
  } else {
    parts.push(
      profile.functions?.length
        ? functionsTable(profile.functions)
        : element("p", { class: "empty" }, "The request calls no functions."),
    );
    parts.push(
      figures(
        "Steps",
        Object.entries(profile.time_in_nanos ?? {}).map(([step, nanos]) => [step, timeText(nanos)]),
      ),
    );
    const storage = Object.entries(profile.storage ?? {}).map(([key, value]): [string, string] => [
      key.replaceAll("_", " "),
      numberText(value),
    ]);
    const splits: [string, string][] = [
      ["splits searched", numberText(profile.splits_searched ?? 0)],
      ["splits skipped", numberText(profile.splits_skipped ?? 0)],
    ];
    parts.push(figures("Reading", [...storage, ...splits]));
  }
  parent.replaceChildren(...parts);
}

function functionsTable(functions: readonly FunctionCost[]): HTMLElement {
  const longest = Math.max(1, ...functions.map((one) => one.time_in_nanos ?? 0));
  const names = ["Function", "Time", "Calls", "Documents", "Per document"];
  const rows = functions.map((one) => {
    const nanos = one.time_in_nanos ?? 0;
    const notes = [
      one.cached_documents ? `${numberText(one.cached_documents)} more from the filter cache` : "",
      one.failed_documents ? `failed for ${numberText(one.failed_documents)}` : "",
    ].filter((note) => note !== "");
    const bar = element("span", { class: "bar" });
    bar.style.setProperty("--share", String(nanos / longest));
    return element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        `${one.name}@${one.version}`,
        element("span", { class: "kind" }, one.role),
        element("code", { class: "clause" }, one.clause),
      ),
      element("td", { class: "number" }, timeText(nanos), bar),
      element("td", { class: "number" }, numberText(one.calls)),
      element("td", { class: "number" }, numberText(one.documents), ...notes.map((note) => element("small", {}, note))),
      element("td", { class: "number" }, one.documents > 0 ? timeText(nanos / one.documents) : "–"),
    );
  });
  const head = element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));
  return element(
    "div",
    { class: "table-box", role: "region", "aria-label": "Cost of functions", tabindex: "0" },
    element("table", { class: "cost" }, head, element("tbody", {}, ...rows)),
  );
}

function failuresList(failures: readonly FunctionFailure[]): HTMLElement {
  const items = failures.map(({ name, version, clause, documents, error }) =>
    element(
      "li",
      {},
      `${name}@${version} at ${clause}, for ${numberText(documents)} documents: ${error.type}: ${error.reason}`,
    ),
  );
  return element("section", { class: "problem" }, element("h3", {}, "Functions failed"), element("ul", {}, ...items));
}

function figures(title: string, pairs: readonly (readonly [string, string])[]): HTMLElement {
  const rows = pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);
  return element("section", { class: "figures" }, element("h3", {}, title), element("dl", {}, ...rows));
}

export function timeText(nanos: number): string {
  if (nanos < 1_000) return `${numberText(Number(nanos.toPrecision(3)))} ns`;
  if (nanos < 1_000_000) return `${numberText(Number((nanos / 1_000).toPrecision(3)))} µs`;
  return `${numberText(Number((nanos / 1_000_000).toPrecision(3)))} ms`;
}
