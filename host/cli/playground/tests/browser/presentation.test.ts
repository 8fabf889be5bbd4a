import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { addFunction, answered, isIdle, pageUrl, withPage } from "./browser.js";

const SCREENSHOTS = process.env["PLAYGROUND_SCREENSHOTS"] ?? join(process.cwd(), "target-screenshots");
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A page with a bit of everything. */
async function fill(page: Page): Promise<void> {
  await addFunction(page, "filter", "geo_distance");
  await answered(page, () => page.getByRole("spinbutton", { name: "radius_km" }).fill("1500"));
  await addFunction(page, "scorer", "string_distance");
  await answered(page, () => page.getByRole("switch", { name: "Profile" }).click());
  await page.locator("svg.map .land path").first().waitFor({ state: "attached" });
}

async function screenshot(page: Page, name: string, fullPage = false): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage, animations: "disabled" });
}

/** What axe finds against the levels A and AA of WCAG, contrast among it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(join(process.cwd(), "node_modules/axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`),
    );
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`on a desktop, ${colorScheme}`, () =>
    withPage({ colorScheme, viewport: { width: 1360, height: 1250 } }, async (page) => {
      await fill(page);
      await screenshot(page, `desktop-${colorScheme}`);
      assert.deepEqual(await violations(page), []);
      await page.getByRole("tab", { name: "Cost" }).click();
      await screenshot(page, `cost-${colorScheme}`);
      assert.deepEqual(await violations(page), []);
    }));
}

test("the theme of the system can be overridden, and is kept", () =>
  withPage({ colorScheme: "light" }, async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.locator("#theme").selectOption("dark");
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await background(), dark);
    await page.locator("#theme").selectOption("system");
    assert.equal(await background(), light);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  }));

test("on a phone, nothing is wider than the screen", () =>
  withPage(PHONE, async (page) => {
    await fill(page);
    const isWide = () =>
      page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    for (const tab of ["Cost", "Code", "Response", "Hits"]) {
      await page.getByRole("tab", { name: tab }).tap();
      assert.equal(await isWide(), false, tab);
    }
    await page.getByRole("radio", { name: "Table" }).check();
    assert.equal(await isWide(), false, "table");
    await page.getByRole("radio", { name: "Cards" }).check();
    assert.deepEqual(await violations(page), []);
    await screenshot(page, "phone", true);
  }));

test("on a phone, running shows the results", () =>
  withPage(PHONE, async (page) => {
    await answered(page, () => page.locator("#run").tap());
    const top = await page.locator("#results").evaluate((results) => results.getBoundingClientRect().top);
    assert.ok(top < 740 / 2, String(top));
  }));

test("everything is reached by Tab, with a visible focus", () =>
  withPage({}, async (page) => {
    await addFunction(page, "filter", "geo_distance");
    // The focus is where it is at first: nowhere.
    await page.reload();
    await page.locator("#hits .card").first().waitFor();
    await page.locator("svg.map").waitFor();
    // Facets that appear meanwhile would change what comes next.
    await isIdle(page);
    const reached = new Set<string>();
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        let focused = document.activeElement;
        while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(
          focused?.closest(".cm-editor") ?? focused ?? document.body,
        );
        const id = focused?.id.startsWith("made-") ? "" : focused?.id;
        return {
          name: focused?.getAttribute("aria-label") || id || focused?.textContent || "",
          isBody: focused === document.body,
          isVisible: outlineStyle !== "none" && outlineWidth !== "0px",
        };
      });
      if (focus.isBody) break;
      assert.ok(focus.isVisible, `the focus on ${focus.name} is not visible`);
      reached.add(focus.name.split(":")[0]!.trim());
    }
    for (const name of [
      "index",
      "theme",
      "profile",
      "format",
      "run",
      "words",
      "Search request, in JSON",
      "function",
      "Remove geo_distance",
      "lat and lon",
      "Zoom in",
      "radius_km, as a slider",
      "Hits",
      "Explain",
    ]) {
      assert.ok(reached.has(name), `${name} is not reached: ${[...reached].join(", ")}`);
    }
  }));

test("the first page is small", async () => {
  const sizes = await Promise.all(
    ["", "playground.js", "playground.css"].map(async (file) => {
      const response = await fetch(pageUrl() + file);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.match(
        response.headers.get("content-security-policy") ?? "",
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      return gzipSync(Buffer.from(await response.arrayBuffer())).length;
    }),
  );
  const sum = sizes.reduce((left, right) => left + right);
  console.log(`compressed: ${sizes.join(" + ")} = ${sum} bytes`);
  assert.ok(sum < 300_000, String(sum));
});

test("the page shows hits and facets after few requests", () => {
  const requests: string[] = [];
  const count = async (page: Page) =>
    page.on("request", (request) => {
      const { protocol, pathname } = new URL(request.url());
      if (protocol !== "data:") requests.push(`${request.method()} ${pathname}`);
    });
  return withPage({ prepare: count }, async (page) => {
    const milliseconds = await page.evaluate(() => Math.round(performance.now()));
    console.log(`hits and facets are shown after ${milliseconds} ms`);
    assert.deepEqual(requests.toSorted(), [
      "GET /_cat/aliases",
      "GET /_cat/indices",
      "GET /_playground/",
      "GET /_playground/playground.css",
      "GET /_playground/playground.js",
      "GET /_udf",
      "GET /cities/_mapping",
      "POST /cities/_search",
      "POST /cities/_search",
      "POST /cities/_search",
    ]);
  });
});
