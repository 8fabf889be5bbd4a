/**
 * Serves `dist` below `/_playground/` as `quidditch serve --playground` does, with the same headers, in front of a server without
 * that option: for work on the page without building the program.
 */

import { readFile } from "node:fs/promises";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const DIST = join(process.cwd(), "dist");
const FILES: Record<string, { file: string; type: string }> = {
  "/_playground/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/_playground/playground.js": { file: "playground.js", type: "text/javascript; charset=utf-8" },
  "/_playground/playground.css": { file: "playground.css", type: "text/css; charset=utf-8" },
};
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

export interface PageServer {
  url: string;
  close(): void;
}

/** The page of `PLAYGROUND_URL`, or one in front of the server at `QUIDDITCH_URL`. */
export async function pageServer(): Promise<PageServer> {
  const given = process.env["PLAYGROUND_URL"];
  if (given) return { url: given.replace(/\/?$/, "/"), close: () => undefined };
  const api = new URL(process.env["QUIDDITCH_URL"] ?? "http://127.0.0.1:9200");
  await fetch(new URL("/_health", api)).catch(() => {
    throw new Error(`no server at ${api}: start \`cargo xtask demo\`, or name one in PLAYGROUND_URL or QUIDDITCH_URL`);
  });
  const server = createServer((incoming, response) => {
    const page = FILES[new URL(incoming.url ?? "/", api).pathname];
    if (page === undefined) return forward(api, incoming, response);
    readFile(join(DIST, page.file)).then(
      (content) => response.writeHead(200, { ...HEADERS, "content-type": page.type }).end(content),
      () => response.writeHead(404).end("run `npm run build` first"),
    );
  });
  await new Promise<void>((resolve) => server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/_playground/`, close: () => server.close() };
}

function forward(api: URL, incoming: IncomingMessage, response: ServerResponse): void {
  const { origin: _, ...headers } = incoming.headers;
  const outgoing = request(
    new URL(incoming.url ?? "/", api),
    { method: incoming.method, headers: { ...headers, host: api.host } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on("error", () => response.writeHead(502).end("the server does not answer"));
  incoming.pipe(outgoing);
}
