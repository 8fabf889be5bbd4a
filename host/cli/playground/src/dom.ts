/** Makes elements. Data becomes text nodes and attributes, never markup. */

export type Child = Node | string | undefined | false;
type Attribute = string | number | boolean | undefined | ((event: Event) => void);
export type Attributes = Record<string, Attribute>;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, children);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** Attributes with a function are listeners, such as `onclick`; `true` is an attribute without a value, and `false` is none. */
function filled<Made extends Element>(made: Made, attributes: Attributes, children: Child[]): Made {
  setAttributes(made, attributes);
  made.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}

export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") target.addEventListener(name.slice(2), value);
    else if (value === undefined || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? "" : String(value));
  }
}

/** The element of the page with the id, which `index.html` has. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} with the id ${id}`);
  return found;
}

let ids = 0;

/** An id that no other element has, for labels. */
export function newId(): string {
  ids += 1;
  return `made-${ids}`;
}
