/** A control for each kind of parameter: it shows a value, and says when a person has changed it. */

import { element, newId, setAttributes } from "./dom.js";
import type { Parameter, Range } from "./functions.js";
import type { Json } from "./json.js";
import type { Field } from "./mapping.js";

export interface Control {
  element: HTMLElement;
  show(value: Json | undefined): void;
}

export interface ControlOptions {
  parameter: Parameter;
  /** Of a slider. */
  range: Range;
  /** For a parameter that names a field. */
  fields: readonly Field[];
  /** `undefined` removes the parameter, so that it has its default. */
  onChange(value: Json | undefined): void;
}

/** The inputs of a control, the labelled one first, and how they show a value. */
interface Inputs {
  inputs: HTMLElement[];
  show(value: Json | undefined): void;
}

export function createControl(options: ControlOptions): Control {
  const { parameter, onChange } = options;
  const { inputs, show } = inputsFor(options);
  const [first, ...others] = inputs;
  const id = newId();
  setAttributes(first!, { id, "aria-describedby": `${id}-summary` });
  const unset = element(
    "button",
    {
      type: "button",
      class: "quiet unset",
      title: `Use the default of ${parameter.name}`,
      onclick: () => onChange(undefined),
    },
    "unset",
  );
  const row = element(
    "div",
    { class: `control control-${parameter.kind}` },
    element("label", { for: id }, parameter.name, element("span", { class: "kind" }, kindText(parameter))),
    element("div", { class: "inputs" }, first, ...others, !parameter.required && unset),
    element("p", { class: "summary", id: `${id}-summary` }, parameter.summary),
  );
  return {
    element: row,
    show(value) {
      unset.hidden = value === undefined;
      row.classList.toggle("is-unset", value === undefined);
      show(value ?? parameter.default);
    },
  };
}

function kindText({ kind, required, default: preset }: Parameter): string {
  if (required) return kind;
  return preset === undefined ? `${kind}, optional` : `${kind}, default ${JSON.stringify(preset)}`;
}

function inputsFor(options: ControlOptions): Inputs {
  switch (options.parameter.kind) {
    case "boolean":
      return switchInput(options);
    case "integer":
    case "float":
      return numberInputs(options);
    case "field":
      return fieldInput(options);
    case "integers":
    case "floats":
      return textInput(
        options,
        "numbers, separated by commas",
        (text) => listOf(text).map(Number).filter(Number.isFinite),
        listText,
      );
    case "texts":
      return textInput(options, "texts, separated by commas", listOf, listText);
    case "json":
      return textInput(options, "JSON, or a text", jsonOrText, (value) =>
        typeof value === "string" ? value : JSON.stringify(value),
      );
    case "text":
      return textInput(options, "", (text) => text, String);
  }
}

function switchInput({ onChange }: ControlOptions): Inputs {
  const input = element("input", { type: "checkbox", role: "switch", onchange: () => onChange(input.checked) });
  return { inputs: [input], show: (value) => (input.checked = value === true) };
}

/** A number to type, and a slider for the usual range. A number outside of it can be typed. */
function numberInputs({ parameter, range, onChange }: ControlOptions): Inputs {
  const step = parameter.kind === "integer" ? Math.max(1, Math.round(stepOf(range))) : stepOf(range);
  const input = element("input", {
    type: "number",
    step: "any",
    inputmode: "decimal",
    oninput: () => {
      // A lone minus has no value: the number is still being typed.
      if (!input.validity.badInput) changed(input.value);
    },
  });
  const slider = element("input", {
    type: "range",
    min: range.min,
    max: range.max,
    step,
    "aria-label": `${parameter.name}, as a slider`,
    oninput: () => {
      input.value = slider.value;
      changed(slider.value);
    },
  });

  function changed(text: string): void {
    const value = Number(text);
    if (text.trim() === "") onChange(undefined);
    else if (Number.isFinite(value)) onChange(parameter.kind === "integer" ? Math.round(value) : value);
  }
  return {
    inputs: [input, slider],
    show(value) {
      const text = typeof value === "number" ? String(value) : "";
      // Not while somebody is typing: it is empty then, or says the same in another way, for instance `1.0` or `1e3`.
      const isCleared = input.value === "" && document.activeElement === input;
      const isSame = input.value !== "" && Number(input.value) === value;
      if (!isCleared && !isSame) input.value = text;
      slider.value = text === "" ? String(range.min) : text;
    },
  };
}

/** About two hundred steps, each of a round number. */
export function stepOf({ min, max }: Range): number {
  const exact = (max - min) / 200;
  if (!(exact > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(exact));
  const rounded = [1, 2, 5, 10].find((factor) => factor * power >= exact * 0.999) ?? 10;
  return Number((rounded * power).toPrecision(3));
}

function fieldInput({ fields, onChange }: ControlOptions): Inputs {
  const options = fields.map(({ name, type }) => element("option", { value: name }, `${name} (${type})`));
  const select = element("select", { onchange: () => onChange(select.value) }, ...options);
  return {
    inputs: [select],
    show(value) {
      const name = typeof value === "string" ? value : "";
      // The request may name a field that the index does not have, or one that a chain computes.
      if (![...select.options].some((option) => option.value === name))
        select.append(element("option", { value: name }, name));
      select.value = name;
    },
  };
}

function textInput(
  { onChange }: ControlOptions,
  placeholder: string,
  read: (text: string) => Json,
  write: (value: Json) => string,
): Inputs {
  const input = element("input", {
    type: "text",
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => onChange(read(input.value)),
  });
  return {
    inputs: [input],
    show(value) {
      const isSame = value !== undefined && JSON.stringify(read(input.value)) === JSON.stringify(value);
      if (!isSame) input.value = value === undefined ? "" : write(value);
    },
  };
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function listText(value: Json): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
