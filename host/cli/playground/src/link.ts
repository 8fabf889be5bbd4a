/** The request in the fragment of the URL, so that the page's address is a link to it. Fragments are not sent to servers. */

export interface Shared {
  index?: string;
  request?: string;
}

export function readLink(hash: string): Shared {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const index = parameters.get("index");
  const request = parameters.get("request");
  return { ...(index !== null && { index }), ...(request !== null && { request }) };
}

export function writeLink(index: string, request: string): string {
  return `#${new URLSearchParams({ index, request })}`;
}
