/** The published functions. Their parameters are fetched when a request first calls them. */

import type { Api } from "./api.js";
import { versionOf, type FunctionSummary, type FunctionVersion, type Parameter } from "./functions.js";

export class FunctionCatalog {
  functions: readonly FunctionSummary[] = [];
  private readonly versions = new Map<string, readonly FunctionVersion[]>();
  private readonly asked = new Map<string, Promise<void>>();

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    this.functions = await this.api.functions();
    this.versions.clear();
    this.asked.clear();
  }

  has(name: string): boolean {
    return this.functions.some((one) => one.name === name);
  }

  /** What is known by now. */
  version(name: string, wanted?: string): FunctionVersion | undefined {
    return versionOf(this.versions.get(name) ?? [], wanted);
  }

  parametersOf(name: string): readonly Parameter[] | undefined {
    return this.version(name)?.parameters;
  }

  /** Fetches the versions of these functions, if there are such functions. Says whether there was anything to fetch. */
  async describe(names: readonly string[]): Promise<boolean> {
    const missing = names.filter((name) => !this.versions.has(name) && this.has(name));
    await Promise.all(missing.map((name) => this.fetch(name)));
    return missing.length > 0;
  }

  private fetch(name: string): Promise<void> {
    const known = this.asked.get(name);
    if (known !== undefined) return known;
    const fetching = this.api.versions(name).then((versions) => void this.versions.set(name, versions));
    this.asked.set(name, fetching);
    fetching.catch(() => this.asked.delete(name));
    return fetching;
  }
}
