/** The request as code, in a tab for each language. */

import { LANGUAGES, type CodeRequest } from "./code.js";
import { element } from "./dom.js";
import { createTabs } from "./tabs.js";

export function createCodePanel(parent: HTMLElement): (request: CodeRequest) => void {
  const blocks = LANGUAGES.map((language) => {
    const code = element("code", {});
    const done = element("span", { role: "status", class: "copied" });
    const copy = element(
      "button",
      { type: "button", class: "copy", onclick: () => void copyCode() },
      `Copy ${language.name}`,
    );
    const panel = element("div", { class: "code-panel" }, copy, done, element("pre", { tabindex: 0 }, code));
    return { language, code, panel };

    async function copyCode(): Promise<void> {
      done.textContent = (await wasCopied(code)) ? "Copied" : "Selected: press Ctrl-C or ⌘-C";
    }
  });
  const tabs = createTabs(
    "Languages",
    blocks.map(({ language, panel }) => ({ name: language.name, panel })),
  );
  parent.replaceChildren(tabs, ...blocks.map(({ panel }) => panel));
  return (request) => {
    for (const { language, code, panel } of blocks) {
      code.textContent = language.code(request);
      panel.querySelector(".copied")!.textContent = "";
    }
  };
}

/** Browsers have a clipboard only for pages from this machine or with HTTPS. Without one, the text is selected. */
async function wasCopied(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
