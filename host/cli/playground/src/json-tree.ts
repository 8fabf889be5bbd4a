/**
 * JSON that is being written, as a tree with places. Completion needs to know where the cursor is while the text is not
 * valid yet, so what is missing or wrong is left out, and nothing is an error.
 */

export interface Span {
  from: number;
  to: number;
}

export interface Entry {
  key: Text;
  /** Where the value is, or would be: behind the colon up to the comma or brace. Missing without a colon. */
  room?: Span;
  value?: Tree;
}

export interface Text extends Span {
  kind: "text";
  value: string;
}

export interface ObjectTree extends Span {
  kind: "object";
  entries: Entry[];
  isClosed: boolean;
}

export interface ArrayTree extends Span {
  kind: "array";
  items: Tree[];
  isClosed: boolean;
}

/** A number, `true`, `false`, `null`, or a part of a word. */
export interface Word extends Span {
  kind: "word";
  value: string;
}

export type Tree = Text | ObjectTree | ArrayTree | Word;

export function parseTree(text: string): Tree | undefined {
  let position = 0;

  function skipSpace(): void {
    while (/\s/.test(text.charAt(position))) position++;
  }

  function value(): Tree | undefined {
    skipSpace();
    const next = text.charAt(position);
    if (next === "{") return object();
    if (next === "[") return array();
    if (next === '"') return string();
    return word();
  }

  function object(): ObjectTree {
    const from = position++;
    const entries: Entry[] = [];
    for (;;) {
      skipSpace();
      const next = text.charAt(position);
      if (next === "" || next === "]") return { kind: "object", from, to: position, entries, isClosed: false };
      if (next === '"') entries.push(entry(string()));
      else position++;
      if (next === "}") return { kind: "object", from, to: position, entries, isClosed: true };
    }
  }

  function entry(key: Text): Entry {
    skipSpace();
    if (text.charAt(position) !== ":") return { key };
    const from = ++position;
    const found = value();
    skipSpace();
    const room = { from, to: position };
    return found === undefined ? { key, room } : { key, room, value: found };
  }

  function array(): ArrayTree {
    const from = position++;
    const items: Tree[] = [];
    for (;;) {
      skipSpace();
      const next = text.charAt(position);
      if (next === "" || next === "}") return { kind: "array", from, to: position, items, isClosed: false };
      const item = value();
      if (item === undefined) position++;
      else items.push(item);
      if (next === "]") return { kind: "array", from, to: position, items, isClosed: true };
    }
  }

  /** A string that is not closed ends with its line. */
  function string(): Text {
    const from = position++;
    while (position < text.length && text[position] !== '"' && text[position] !== "\n") {
      position += text[position] === "\\" ? 2 : 1;
    }
    position = Math.min(position, text.length);
    const content = text.slice(from + 1, position);
    if (text[position] === '"') position++;
    return { kind: "text", from, to: position, value: unescaped(content) };
  }

  function word(): Word | undefined {
    const from = position;
    while (/[\w.+-]/.test(text.charAt(position))) position++;
    return position === from ? undefined : { kind: "word", from, to: position, value: text.slice(from, position) };
  }

  return value();
}

/** Whether an integer of the JSON has more digits than a number of JavaScript keeps. */
export function losesDigits(text: string): boolean {
  // What is in strings may look like a number.
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
  return numbers.some((number) => /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number)));
}

function unescaped(content: string): string {
  try {
    return String(JSON.parse(`"${content}"`));
  } catch {
    return content;
  }
}
