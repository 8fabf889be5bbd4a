/** The facets beside the hits. */

import { element } from "./dom.js";
import type { Bucket, Facet } from "./facets.js";

export interface FacetView {
  facets: readonly Facet[];
  buckets: readonly Bucket[][];
  /** Whether the request has the filter of the bucket. */
  isChosen(bucket: Bucket): boolean;
  /** Adds the filter, or removes it. */
  onChoose(bucket: Bucket): void;
}

export function showFacets(parent: HTMLElement, { facets, buckets, isChosen, onChoose }: FacetView): void {
  // The same button is pressed again to remove a filter, so the focus must survive.
  const focused =
    document.activeElement instanceof HTMLElement && parent.contains(document.activeElement)
      ? document.activeElement.dataset["facet"]
      : undefined;
  const sections = facets.flatMap(({ field }, index) => {
    const found = buckets[index] ?? [];
    return found.length === 0 ? [] : [section(field, found, isChosen, onChoose)];
  });
  parent.replaceChildren(...sections);
  if (focused !== undefined) parent.querySelector<HTMLElement>(`[data-facet="${CSS.escape(focused)}"]`)?.focus();
}

function section(
  field: string,
  buckets: readonly Bucket[],
  isChosen: FacetView["isChosen"],
  onChoose: FacetView["onChoose"],
): HTMLElement {
  const most = Math.max(...buckets.map((bucket) => bucket.count));
  const items = buckets.map((bucket) => {
    const button = element(
      "button",
      {
        type: "button",
        class: "facet",
        "aria-pressed": String(isChosen(bucket)),
        "data-facet": `${field} ${bucket.label}`,
        onclick: () => onChoose(bucket),
      },
      element("span", { class: "facet-label" }, bucket.label),
      element("span", { class: "facet-count" }, bucket.count.toLocaleString("en")),
    );
    button.style.setProperty("--share", String(bucket.count / most));
    return element("li", {}, button);
  });
  return element("section", { class: "facet-field" }, element("h3", {}, field), element("ul", {}, ...items));
}
