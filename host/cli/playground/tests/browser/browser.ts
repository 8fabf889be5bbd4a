/** A headless Chromium, and pages that must not violate anything. */

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

/** The page, which `quidditch serve --playground` serves. */
const PAGE = process.env["PLAYGROUND_URL"] ?? "http://127.0.0.1:9200/_playground/";

let browser: Browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    // CI runs as root, where Chromium's own sandbox does not start.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
});
after(async () => {
  await browser?.close();
});

export function pageUrl(): string {
  return PAGE;
}

export interface PageOptions extends BrowserContextOptions {
  /** Part of the address behind the `#`. */
  link?: { index?: string; request?: object };
  /** Prepares the page before it is loaded. */
  prepare?(page: Page): Promise<unknown>;
  /** Whether hits are expected when the page has been loaded. */
  waitForHits?: boolean;
}

/**
 * Opens the page, uses it, and checks that nothing violated the Content-Security-Policy, that the console has no errors, and
 * that nothing was asked of another server.
 */
export async function withPage(options: PageOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const { link = { index: "cities" }, prepare, waitForHits = true, ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, ...contextOptions });
  // For slow machines: nothing waits as long if it works.
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Chromium logs each answer with the status of an error, which the page shows.
    const isStatus = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isStatus) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== new URL(PAGE).origin) faults.push(`request: ${url}`);
  });
  await page.exposeFunction("reportViolation", (text: string) => faults.push(`violation: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      const { reportViolation } = window as unknown as { reportViolation(text: string): void };
      reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  try {
    await prepare?.(page);
    await page.goto(PAGE + hashOf(link));
    if (waitForHits) await page.locator("#hits .card").first().waitFor();
    await isIdle(page);
    await use(page);
    assert.deepEqual(faults, []);
  } catch (error) {
    // What the page reports is often why a test waits in vain.
    if (faults.length > 0) console.log(faults.join("\n"));
    throw error;
  } finally {
    await context.close();
  }
}

function hashOf({ index, request }: { index?: string; request?: object }): string {
  const parameters = new URLSearchParams();
  if (index !== undefined) parameters.set("index", index);
  if (request !== undefined) parameters.set("request", JSON.stringify(request));
  return `#${parameters}`;
}

/** Does something that runs the request, and waits for the answer and the facets. */
export async function answered(page: Page, action: () => Promise<unknown>): Promise<void> {
  const answer = page.waitForResponse((response) => {
    const body = response.request().postData() ?? "";
    // The page itself counts facets and the ground of maps, without hits, and asks for figures of an index.
    return response.url().endsWith("/_search") && !/"size":0|"figures_/.test(body);
  });
  await action();
  await answer;
  await isIdle(page);
}

export async function isIdle(page: Page): Promise<void> {
  await page.locator("body:not(.is-running)").waitFor();
}

/** What `page.url()` says may be a moment old. */
export function addressOf(page: Page): Promise<string> {
  return page.evaluate(() => location.href);
}

/** The JSON in the editor. */
export async function requestOf(page: Page): Promise<any> {
  const { hash } = new URL(await addressOf(page));
  return JSON.parse(new URLSearchParams(hash.slice(1)).get("request") ?? "");
}

export async function total(page: Page): Promise<number> {
  const text = await page.locator("#status").innerText();
  return Number(/([\d,]+) hits/.exec(text)?.[1]?.replaceAll(",", ""));
}

/** Accepts the chosen completion by keyboard, when it is the one with the label. */
export async function acceptCompletion(page: Page, label: string): Promise<void> {
  await page.locator(".cm-tooltip-autocomplete li[aria-selected]", { hasText: new RegExp(`^${label}`) }).waitFor();
  // CodeMirror ignores keys for 75 ms after a list has opened, so that nobody accepts what they have not seen.
  await page.waitForFunction((start) => performance.now() > start + 80, await page.evaluate(() => performance.now()));
  await page.keyboard.press("Enter");
}

export async function addFunction(page: Page, role: string, name: string): Promise<void> {
  await page.locator("#function").selectOption(`${role} ${name}`);
  await answered(page, () => page.locator("#add-function").click());
}
