import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptCompletion, addressOf, answered, pageUrl, requestOf, total, withPage } from "./browser.js";

test("the page opens with an index and its documents", () =>
  withPage({ link: {} }, async (page) => {
    assert.equal(await page.locator("#index").inputValue(), "cities");
    assert.equal(await page.locator("#hits .card").count(), 10);
    assert.equal(await page.locator(".facet-field h3").first().innerText(), "country");
  }));

test("another index is chosen in the list", () =>
  withPage({}, async (page) => {
    const names = await page
      .locator("#index option")
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    for (const name of names) {
      await answered(page, () => page.locator("#index").selectOption(name));
      assert.match(await addressOf(page), new RegExp(`index=${name}&`));
    }
  }));

test("a request is written with completion and run, all by keyboard", () =>
  withPage({}, async (page) => {
    await page.keyboard.press("Tab");
    for (let presses = 0; presses < 10; presses++) {
      if (await page.evaluate(() => document.activeElement?.id === "editor")) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type('{"que');
    await acceptCompletion(page, "query");
    await page.keyboard.type("mat");
    await acceptCompletion(page, "match");
    await page.keyboard.type("na");
    await acceptCompletion(page, "name");
    await page.keyboard.type("berlin");
    assert.deepEqual(await requestOf(page), { query: { match: { name: "berlin" } } });
    await answered(page, () => page.keyboard.press("Control+Enter"));
    const titles = await page.locator("#hits .card h3").allInnerTexts();
    assert.ok(titles.length > 0 && titles.every((title) => /berlin/i.test(title)), titles.join());
  }));

test("words are searched for, and marked in the hits", () =>
  withPage({}, async (page) => {
    await answered(page, () => page.locator("#words").fill("san jose"));
    assert.deepEqual((await requestOf(page)).query, { multi_match: { query: "san jose" } });
    assert.ok((await page.locator("#hits .card mark").count()) > 0);
    assert.match(await page.locator("#hits .card h3 mark").first().innerText(), /san|jose/i);
  }));

test("marks in documents are texts, not markup", () =>
  withPage(
    {
      prepare: (page) =>
        page.route("**/_search", async (route) => {
          const response = await route.fetch();
          const answer = await response.json();
          for (const hit of answer.hits.hits) {
            hit._source.name = "<img src=x onerror=alert(1)> <em>no</em>";
            hit.highlight = { name: ["<em>no</em> \uE000<b>yes</b>\uE001"] };
          }
          await route.fulfill({ response, json: answer });
        }),
    },
    async (page) => {
      const heading = page.locator("#hits .card h3").first();
      assert.equal(await heading.innerText(), "<em>no</em> <b>yes</b>");
      assert.equal(await heading.locator("mark").innerText(), "<b>yes</b>");
      assert.equal(await heading.locator("img, em, b").count(), 0);
    },
  ));

test("an error of the server is shown whole, with its place", () =>
  withPage({ link: { index: "cities", request: { query: { mach: {} } } }, waitForHits: false }, async (page) => {
    const problem = page.locator("#problems .problem");
    assert.match(await problem.innerText(), /Status 400: parsing_exception[^]*unknown query \[mach\]/);
    await problem.getByRole("button", { name: "Go to line 1, column" }).click();
    await page.keyboard.type("x");
    assert.equal(await page.locator("#invalid").isVisible(), true);
  }));

test("an error of a function is shown with its cause", () => {
  const call = { name: "geo_distance", parameters: { field: "location", lat: 1 } };
  return withPage(
    { link: { index: "cities", request: { query: { wasm_udf: call } } }, waitForHits: false },
    async (page) => {
      const text = await page.locator("#problems .problem").innerText();
      assert.match(
        text,
        /search_phase_execution_exception[^]*script_exception[^]*geo_distance@[^]*parameter \[lon\] is required/,
      );
    },
  );
});

test("the editor marks errors of JSON", () =>
  withPage({}, async (page) => {
    await page.locator("#editor .cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type('{"size" 3');
    await page
      .locator("#editor .cm-lintRange-error, #editor .cm-lintPoint-error")
      .first()
      .waitFor({ state: "attached" });
  }));

test("the page says what to do without a server", () =>
  withPage(
    { prepare: (page) => page.route("**/_cat/**", (route) => route.abort()), waitForHits: false },
    async (page) => {
      await page.getByText("The server does not answer. Check that `quidditch serve` is running").waitFor();
    },
  ));

test("credentials are asked for, and sent", () =>
  withPage(
    {
      waitForHits: false,
      prepare: (page) =>
        page.route(/\/(_cat|_udf|cities)\b/, (route) =>
          route.request().headers()["authorization"] === "Bearer secret"
            ? route.continue()
            : route.fulfill({ status: 401, body: "credentials are required" }),
        ),
    },
    async (page) => {
      await page.locator("#credentials").waitFor();
      assert.match(await page.locator("#problems").innerText(), /Status 401[^]*credentials are required/);
      await page.keyboard.type("Bearer secret");
      await page.keyboard.press("Enter");
      await page.locator("#hits .card").first().waitFor();
      assert.equal(await page.locator("#credentials").isVisible(), false);
      assert.equal(await page.locator("#problems .problem").count(), 0);
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      );
      assert.ok(!stored.includes("secret") && !(await addressOf(page)).includes("secret"));
    },
  ));

test("a link opens the request that it was copied from", () =>
  withPage({}, async (page) => {
    await answered(page, () => page.locator("#words").fill("lima"));
    const [link, hits] = [await addressOf(page), await total(page)];
    await page.goto("about:blank");
    await page.goto(link);
    await page.locator("#hits .card").first().waitFor();
    assert.equal(await page.locator("#words").inputValue(), "lima");
    assert.equal(await total(page), hits);
    assert.ok(link.startsWith(pageUrl()));
  }));
