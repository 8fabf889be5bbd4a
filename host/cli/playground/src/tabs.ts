/** Tabs as the WAI-ARIA pattern describes them: one tab stop, and arrow keys that choose. */

import { element, newId, setAttributes } from "./dom.js";

export interface Tab {
  name: string;
  panel: HTMLElement;
}

/** Makes the list of tabs, and shows the panel of the first. */
export function createTabs(label: string, tabs: readonly Tab[]): HTMLElement {
  const buttons = tabs.map(({ name, panel }, index) => {
    const id = newId();
    panel.id ||= newId();
    setAttributes(panel, { role: "tabpanel", "aria-labelledby": id, tabindex: 0 });
    return element(
      "button",
      {
        type: "button",
        role: "tab",
        id,
        "aria-controls": panel.id,
        onclick: () => choose(index),
        onkeydown: (event) => move(event, index),
      },
      name,
    );
  });
  choose(0);
  return element("div", { role: "tablist", "aria-label": label, class: "tabs" }, ...buttons);

  function choose(chosen: number): void {
    tabs.forEach(({ panel }, index) => {
      panel.hidden = index !== chosen;
      setAttributes(buttons[index]!, {
        "aria-selected": String(index === chosen),
        tabindex: index === chosen ? 0 : -1,
      });
    });
  }

  function move(event: Event, from: number): void {
    if (!(event instanceof KeyboardEvent)) return;
    const targets: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const chosen = (target + tabs.length) % tabs.length;
    choose(chosen);
    buttons[chosen]!.focus();
  }
}
