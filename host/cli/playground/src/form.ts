/** A form for each function that the request calls. It shows the request, and each change of a control changes the request. */

import { createControl, type Control } from "./controls.js";
import { element } from "./dom.js";
import {
  fieldsFor,
  isOnlyForOther,
  pointPairs,
  pointParameters,
  rangeOf,
  type FunctionVersion,
  type Parameter,
  type Point,
  type PointPair,
} from "./functions.js";
import type { IndexInfo } from "./index-info.js";
import { pathText, type Json, type JsonObject } from "./json.js";
import { createMap, type PointMap } from "./map.js";
import { FIELD_TYPES, removeCall, setFieldType, setParameter, type Call } from "./request.js";

export interface FormOptions {
  parent: HTMLElement;
  info(): IndexInfo;
  /** Whether there is such a function. */
  isKnown(name: string): boolean;
  /** The version that the call means, if it has been fetched. */
  version(call: Call): FunctionVersion | undefined;
  onChange(change: (request: JsonObject) => JsonObject): void;
}

export interface Form {
  /** The calls of the request, and the points of its hits in a field. */
  show(calls: readonly Call[], pointsOf: (field: string) => readonly Point[]): void;
}

/** The form of one call. */
interface CallForm {
  key: string;
  element: HTMLElement;
  show(call: Call, pointsOf: (field: string) => readonly Point[]): void;
}

export function createForm(options: FormOptions): Form {
  let forms: CallForm[] = [];
  return {
    show(calls, pointsOf) {
      // Forms are kept while their calls are: a control that is being used must not be replaced.
      const made = calls.map(
        (call) => forms.find((form) => form.key === keyOf(call, options)) ?? callForm(call, options),
      );
      const isSame = made.length === forms.length && made.every((form, index) => form === forms[index]);
      forms = made;
      if (!isSame) options.parent.replaceChildren(...forms.map((form) => form.element));
      calls.forEach((call, index) => forms[index]?.show(call, pointsOf));
    },
  };
}

function keyOf(call: Call, { info, version }: FormOptions): string {
  return JSON.stringify([info().name, call.path, call.name, call.role, version(call)?.version ?? null]);
}

function callForm(made: Call, options: FormOptions): CallForm {
  const { info, isKnown, version, onChange } = options;
  let call = made;
  const found = version(made);
  const parameters = (found?.parameters ?? []).filter((parameter) => !isOnlyForOther(parameter, made.role));
  const set = (name: string, value: Json | undefined) =>
    onChange((request) => setParameter(request, call, name, value));

  const maps = pointPairs(parameters).map((pair) => pointMap(pair, parameters, () => call, options));
  const fieldName = () =>
    String(parameters.filter((one) => one.kind === "field").map((one) => call.parameters[one.name])[0] ?? "");
  const controls = parameters.map((parameter): [Parameter, Control] => [
    parameter,
    createControl({
      parameter,
      range: rangeOf(parameter, info().range(fieldName())),
      fields: fieldsFor(parameter, parameters, info().fields),
      onChange: (value) => set(parameter.name, value),
    }),
  ]);

  const type = typeSelect((chosen) => onChange((request) => setFieldType(request, call, chosen)));
  const remove = element(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-label": `Remove ${made.name}`,
      onclick: () => onChange((request) => removeCall(request, call)),
    },
    "Remove",
  );
  const place = element("code", { class: "clause" }, pathText(made.path));
  const about = found?.summary ?? (isKnown(made.name) ? "" : unknownText(made.name));
  const form = element(
    "section",
    { class: "call", "aria-label": `Parameters of ${made.name}` },
    element("header", {}, element("h3", {}, made.name), element("span", { class: "badge" }, made.role), remove),
    element("p", { class: "about" }, about),
    place,
    ...maps.map(({ map }) => map.element),
    ...controls.map(([, control]) => control.element),
    made.fieldType !== undefined && type.element,
  );
  return {
    key: keyOf(made, options),
    element: form,
    show(shown, pointsOf) {
      call = shown;
      for (const [parameter, control] of controls) control.show(call.parameters[parameter.name]);
      type.show(call.fieldType ?? "");
      for (const { show } of maps) show(pointsOf(fieldName()));
    },
  };
}

function unknownText(name: string): string {
  return name.startsWith("profile/")
    ? "A search profile. The page does not know its parameters."
    : "The server has no function with this name.";
}

/** The metadata of a function does not say which values it returns, but the request has to. */
function typeSelect(onChange: (type: string) => void): { element: HTMLElement; show(type: string): void } {
  const select = element(
    "select",
    { onchange: () => onChange(select.value) },
    ...FIELD_TYPES.map((type) => element("option", {}, type)),
  );
  const label = element("label", { class: "control" }, "type of the values", select);
  return { element: label, show: (type) => (select.value = type) };
}

/** A map for two parameters, with the circle of the first radius beside them. */
function pointMap(
  pair: PointPair,
  parameters: readonly Parameter[],
  call: () => Call,
  { info, onChange }: FormOptions,
): { map: PointMap; show(hits: readonly Point[]): void } {
  const field = parameters.find((parameter) => parameter.kind === "field");
  const radius = parameters.find((parameter) => /radius.*_km$/i.test(parameter.name));
  const numbers = (name: string | undefined) => {
    const value = name === undefined ? undefined : call().parameters[name];
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "number");
  };
  const map = createMap({
    label: `${pair.lat.name} and ${pair.lon.name}`,
    cells: async (bounds, level) => {
      const name = field && call().parameters[field.name];
      return typeof name === "string" && info().fields.some((one) => one.name === name && one.type === "geo_point")
        ? info().cells(name, bounds, level)
        : [];
    },
    isPolygon: pair.isPolygon,
    onChange: (points) =>
      onChange((request) =>
        Object.entries(pointParameters(pair, points)).reduce(
          (changed, [name, value]) => setParameter(changed, call(), name, value),
          request,
        ),
      ),
  });
  return {
    map,
    show(hits) {
      const lons = numbers(pair.lon.name);
      const points = numbers(pair.lat.name).flatMap((lat, index) => {
        const lon = lons[index];
        return lon === undefined ? [] : [{ lat, lon }];
      });
      map.show(points, numbers(radius?.name)[0], hits);
    },
  };
}
