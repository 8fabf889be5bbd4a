/** Light, dark, or as the system says. The choice is all that the page stores. */

import { byId } from "./dom.js";

const KEY = "quidditch-playground-theme";
const THEMES = ["light", "dark"];

export function setUpTheme(): void {
  const select = byId("theme", HTMLSelectElement);
  select.value = stored();
  apply(select.value);
  select.addEventListener("change", () => {
    apply(select.value);
    store(select.value);
  });
}

function apply(theme: string): void {
  if (THEMES.includes(theme)) document.documentElement.dataset["theme"] = theme;
  else delete document.documentElement.dataset["theme"];
}

/** Browsers may deny the storage. */
function stored(): string {
  try {
    const theme = localStorage.getItem(KEY) ?? "";
    return THEMES.includes(theme) ? theme : "system";
  } catch {
    return "system";
  }
}

function store(theme: string): void {
  try {
    if (THEMES.includes(theme)) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // The theme holds until the page is closed.
  }
}
