/** The list of functions that can be added to the request. */

import { byId, element } from "./dom.js";
import { ROLES, rolesOf, type FunctionSummary } from "./functions.js";
import type { Role } from "./request.js";

const GROUP_NAMES: Record<Role, string> = {
  filter: "Filters: keep documents",
  scorer: "Scorers: rank documents",
  values: "Values: compute a field",
};

export interface FunctionPicker {
  show(functions: readonly FunctionSummary[]): void;
}

export function createFunctionPicker(onAdd: (name: string, role: Role) => void): FunctionPicker {
  const select = byId("function", HTMLSelectElement);
  const add = byId("add-function", HTMLButtonElement);
  const about = byId("function-about", HTMLElement);
  let all: readonly FunctionSummary[] = [];

  select.addEventListener("change", describe);
  add.addEventListener("click", () => {
    const [role, name] = chosen();
    if (name !== undefined) onAdd(name, role as Role);
  });

  function chosen(): (string | undefined)[] {
    return select.value === "" ? [] : select.value.split(" ");
  }

  function describe(): void {
    const summary = all.find(({ name }) => name === chosen()[1]);
    add.disabled = summary === undefined;
    const state =
      summary?.disabled?.length === summary?.versions.length
        ? " It is disabled."
        : summary?.deprecated?.length
          ? " A version of it is deprecated."
          : "";
    about.textContent = summary ? summary.summary + state : "";
  }

  return {
    show(functions) {
      all = functions;
      const groups = ROLES.map((role) => {
        const options = functions
          .filter((one) => rolesOf(one).includes(role))
          .map(({ name }) => element("option", { value: `${role} ${name}` }, name));
        return options.length === 0 ? undefined : element("optgroup", { label: GROUP_NAMES[role] }, ...options);
      });
      const hint = functions.length === 0 ? "No functions are published" : "Choose a function…";
      select.replaceChildren(element("option", { value: "" }, hint), ...groups.filter((group) => group !== undefined));
      select.disabled = functions.length === 0;
      describe();
    },
  };
}
