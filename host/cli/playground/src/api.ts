/** The requests that the page sends to its server, and nothing else. */

import { isObject, type Json, type JsonObject } from "./json.js";
import { fieldsOf, type Field } from "./mapping.js";
import type { FunctionSummary, FunctionVersion } from "./functions.js";

/** The server has answered with an error. `body` is its JSON, or its text. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly body: Json,
  ) {
    super(`the server answered with the status ${status}`);
  }
}

/** There was no answer. */
export class NoAnswer extends Error {
  constructor(
    readonly url: string,
    cause: unknown,
  ) {
    super(`no answer from ${url}`, { cause });
  }
}

export interface IndexName {
  name: string;
  /** Of an alias there is none. */
  documents?: number;
}

export interface Hit {
  _index: string;
  _id: string;
  _score: number | null;
  _source?: JsonObject;
  fields?: JsonObject;
  highlight?: Record<string, string[]>;
  sort?: Json[];
  matched_queries?: string[];
  _explanation?: Explanation;
}

export interface Explanation {
  value: number;
  description: string;
  details: Explanation[];
}

export interface FunctionCost {
  name: string;
  version: string;
  role: string;
  clause: string;
  calls: number;
  documents: number;
  instances: number;
  time_in_nanos?: number;
  cached_documents?: number;
  failed_documents?: number;
}

export interface Profile {
  functions?: FunctionCost[];
  storage?: Record<string, number>;
  time_in_nanos?: Record<string, number>;
  splits_searched?: number;
  splits_skipped?: number;
}

export interface FunctionFailure {
  name: string;
  version: string;
  clause: string;
  documents: number;
  error: { type: string; reason: string };
}

export interface SearchAnswer {
  took: number;
  timed_out: boolean;
  _shards: { total: number; failed: number; failures?: Json[] };
  hits: { total?: { value: number; relation: string }; max_score: number | null; hits: Hit[] };
  aggregations?: Record<string, JsonObject>;
  profile?: Profile;
  function_failures?: FunctionFailure[];
}

export class Api {
  /** The value of the header `Authorization`. It is kept here only, and lost with the page. */
  authorization = "";

  /** `base` is where the API begins, without a slash at the end. */
  constructor(readonly base: string) {}

  async indices(): Promise<IndexName[]> {
    const indices = await this.get("/_cat/indices?format=json&h=index,docs.count&s=index");
    const aliases = await this.get("/_cat/aliases?format=json&h=alias&s=alias");
    const found = rows(indices).map((row) => ({ name: String(row["index"]), documents: Number(row["docs.count"]) }));
    const names = new Set(rows(aliases).map((row) => String(row["alias"])));
    return [...found, ...[...names].map((name) => ({ name }))];
  }

  async fields(index: string): Promise<Field[]> {
    return fieldsOf(await this.get(`/${encodeURIComponent(index)}/_mapping`));
  }

  async functions(): Promise<FunctionSummary[]> {
    const answer = await this.get("/_udf");
    return (isObject(answer) ? answer["functions"] : []) as unknown as FunctionSummary[];
  }

  async versions(functionName: string): Promise<FunctionVersion[]> {
    const answer = await this.get(`/_udf/${encodeURIComponent(functionName)}`);
    return (isObject(answer) ? answer["versions"] : []) as unknown as FunctionVersion[];
  }

  async search(index: string, body: string, signal?: AbortSignal): Promise<SearchAnswer> {
    return (await this.send("POST", this.searchPath(index), body, signal)) as unknown as SearchAnswer;
  }

  searchPath(index: string): string {
    return `/${encodeURIComponent(index)}/_search`;
  }

  private get(path: string): Promise<Json> {
    return this.send("GET", path);
  }

  private async send(method: string, path: string, body?: string, signal?: AbortSignal): Promise<Json> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.authorization !== "") headers["authorization"] = this.authorization;
    const url = this.base + path;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers,
        // Otherwise the browser itself asks for a user and a password after a 401.
        credentials: "omit",
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
      text = await response.text();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new NoAnswer(url, error);
    }
    const answer = parsed(text);
    if (!response.ok) throw new ServerError(response.status, answer);
    return answer;
  }
}

/** Where the API of the server begins that has served the page at `path`, which is below `/_playground/`. */
export function baseOf(path: string): string {
  return path.replace(/\/_playground(\/.*)?$/, "").replace(/\/$/, "");
}

/** Proxies and the 401 answer with plain text. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function rows(answer: Json): JsonObject[] {
  return Array.isArray(answer) ? answer.filter(isObject) : [];
}
