/** The right pane: what the server answered, or why it did not. */

import { ServerError, type Explanation, type Hit, type SearchAnswer } from "./api.js";
import { showCost } from "./cost.js";
import { byId } from "./dom.js";
import { numberText } from "./explain.js";
import { showHits, type View } from "./hits.js";
import { format, type Json } from "./json.js";
import type { Field } from "./mapping.js";
import { problemElement, type GoTo } from "./problem.js";
import { createTabs } from "./tabs.js";

export interface Results {
  showAnswer(answer: SearchAnswer, fields: readonly Field[]): void;
  showProblem(error: unknown): void;
}

export interface ResultsOptions {
  explain(hit: Hit): Promise<Explanation | undefined>;
  goTo: GoTo;
}

export function createResults({ explain, goTo }: ResultsOptions): Results {
  const status = byId("status", HTMLElement);
  const hitsPanel = byId("hits", HTMLElement);
  const costPanel = byId("cost", HTMLElement);
  const response = byId("response", HTMLElement);
  const problems = byId("problems", HTMLElement);
  const views = [...document.querySelectorAll<HTMLInputElement>("input[name=view]")];
  let shown: { answer: SearchAnswer; fields: readonly Field[] } | undefined;

  const tabs = createTabs("Results", [
    { name: "Hits", panel: byId("hits-panel", HTMLElement) },
    { name: "Cost", panel: byId("cost-panel", HTMLElement) },
    { name: "Code", panel: byId("code", HTMLElement) },
    { name: "Response", panel: byId("response-panel", HTMLElement) },
  ]);
  byId("tabs", HTMLElement).replaceChildren(tabs);
  for (const view of views) view.addEventListener("change", showHitsOfAnswer);

  function showHitsOfAnswer(): void {
    if (shown === undefined) return;
    const { hits } = shown.answer.hits;
    const view = views.find((input) => input.checked)?.value as View;
    const showIndex = new Set(hits.map((hit) => hit._index)).size > 1;
    showHits(hitsPanel, view, { hits, fields: shown.fields, showIndex, explain, problem: problemElement });
  }

  return {
    showAnswer(answer, fields) {
      shown = { answer, fields };
      problems.replaceChildren();
      status.textContent = summary(answer);
      response.textContent = format(answer as unknown as Json);
      showHitsOfAnswer();
      showCost(costPanel, answer);
    },
    showProblem(error) {
      shown = undefined;
      status.textContent = "The request failed.";
      hitsPanel.replaceChildren();
      costPanel.replaceChildren();
      response.textContent = error instanceof ServerError ? format(error.body) : "";
      problems.replaceChildren(problemElement(error, goTo));
    },
  };
}

function summary({ hits, took, timed_out, _shards, function_failures: failures = [] }: SearchAnswer): string {
  const { total } = hits;
  const notes = [
    total === undefined ? "" : `${total.relation === "gte" ? "at least " : ""}${numberText(total.value)} hits`,
    `${numberText(took)} ms`,
    timed_out ? "timed out: not all hits" : "",
    _shards.failed > 0 ? `${_shards.failed} of ${_shards.total} shards failed` : "",
    failures.length > 0 ? `${failures.length} function failures` : "",
  ];
  return notes.filter((note) => note !== "").join(" · ");
}
