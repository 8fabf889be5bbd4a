/**
 * Highlights. The server marks matches with tags in the text of the document, which may itself contain `<em>`. So the page asks
 * for tags that no text has, two characters for private use, and makes elements of them.
 */

import { element } from "./dom.js";
import { parseTree } from "./json-tree.js";

const OPEN = "\uE000";
const CLOSE = "\uE001";

/**
 * The request with these tags, if it asks for highlights without tags of its own. They are written into the text, before the
 * closing brace, so that the places in the server's errors are those of the editor, apart from what follows on that line.
 */
export function withPrivateTags(request: string): string {
  const tree = parseTree(request);
  const highlight =
    tree?.kind === "object" ? tree.entries.find((entry) => entry.key.value === "highlight")?.value : undefined;
  if (highlight?.kind !== "object" || !highlight.isClosed) return request;
  const keys = highlight.entries.map((entry) => entry.key.value);
  if (["pre_tags", "post_tags", "tags_schema"].some((key) => keys.includes(key))) return request;
  const tags = `"pre_tags":[${JSON.stringify(OPEN)}],"post_tags":[${JSON.stringify(CLOSE)}]`;
  const separator = keys.length > 0 ? "," : "";
  const end = highlight.to - 1;
  return request.slice(0, end) + separator + tags + request.slice(end);
}

/** A fragment with `mark` elements. */
export function highlighted(fragment: string): Node[] {
  return fragment.split(OPEN).flatMap((part, index): Node[] => {
    if (index === 0) return [document.createTextNode(part)];
    const [marked = "", after = ""] = part.split(CLOSE);
    return [element("mark", {}, marked), document.createTextNode(after)];
  });
}
