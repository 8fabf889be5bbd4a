import assert from "node:assert/strict";
import { test } from "node:test";
import { addFunction, answered, requestOf, total, withPage } from "./browser.js";

test("a score is explained as a tree that opens and closes", () =>
  withPage({ link: { index: "cities", request: { query: { match: { name: "san jose" } } } } }, async (page) => {
    const card = page.locator("#hits .card").first();
    const button = card.getByRole("button", { name: "Explain" });
    await button.click();
    const tree = card.locator(".explanation > .explain-node");
    await tree.waitFor();
    const score = await card.locator(".score").innerText();
    assert.equal(await tree.locator("> summary .explain-value").innerText(), score);
    assert.match(await tree.innerText(), /weight\(name:/);
    await tree.locator("> summary").click();
    assert.equal(await tree.locator("> .explain-node").first().isVisible(), false);
    await button.click();
    assert.equal(await tree.isVisible(), false);
  }));

test("the explanation of a function has its parameters", () =>
  withPage({}, async (page) => {
    await addFunction(page, "scorer", "geo_distance");
    await page.locator("#hits .card").first().getByRole("button", { name: "Explain" }).click();
    await page.locator(".explanation").first().getByText("geo_distance").first().waitFor();
  }));

test("a facet narrows the search, shows as a chip, and is removed again", () =>
  withPage({}, async (page) => {
    const before = await page.locator("#status").innerText();
    const facet = page.locator(".facet-field", { hasText: "country" }).getByRole("button", { name: "India" });
    const count = Number((await facet.locator(".facet-count").innerText()).replaceAll(",", ""));
    await answered(page, () => facet.click());
    assert.deepEqual((await requestOf(page)).query.bool.filter, [{ term: { country: "India" } }]);
    assert.equal(await total(page), count);
    assert.equal(await facet.getAttribute("aria-pressed"), "true");
    assert.equal(await facet.evaluate((button) => button === document.activeElement), true);

    const range = page.locator(".facet-field", { hasText: "population" }).getByRole("button").last();
    await answered(page, () => range.click());
    assert.equal(await page.locator("#chips .chip").count(), 2);
    assert.match(await page.locator("#chips").innerText(), /country: India[^]*population: from/);
    await answered(page, () => page.getByRole("button", { name: "Remove the filter country: India" }).click());
    await answered(page, () => range.click());
    assert.equal(await page.locator("#chips .chip").count(), 0);
    assert.equal((await page.locator("#status").innerText()).split(" · ")[0], before.split(" · ")[0]);
  }));

test("hits are shown as a table", () =>
  withPage({}, async (page) => {
    await page.getByRole("radio", { name: "Table" }).check();
    const head = await page.locator("#hits thead th").allInnerTexts();
    assert.deepEqual(head.slice(0, 3), ["_score", "_id", "name"]);
    assert.equal(await page.locator("#hits tbody tr:visible").count(), 10);
    await page.locator("#hits tbody").getByRole("button", { name: "Explain" }).first().click();
    await page.locator("#hits .explanation-row .explain-leaf").first().waitFor();
  }));

test("the request is copied as code in three languages", () =>
  withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await answered(page, () => page.locator("#words").fill("L'Aquila"));
    await page.getByRole("tab", { name: "Code" }).click();
    const expected = {
      curl: /^curl 'http.*\/cities\/_search\?pretty'[^]*L'\\''Aquila/,
      Python: /^from opensearchpy import OpenSearch[^]*index="cities"/,
      JavaScript: /^import \{ Client \}[^]*index: "cities"/,
    };
    for (const [language, pattern] of Object.entries(expected)) {
      await page.getByRole("tab", { name: language }).click();
      await page.getByRole("button", { name: `Copy ${language}` }).click();
      await page.getByText("Copied", { exact: true }).and(page.locator(":visible")).waitFor();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), pattern);
    }
  }));

test("the answer of the server is shown as it is", () =>
  withPage({}, async (page) => {
    await page.getByRole("tab", { name: "Response" }).click();
    const answer = JSON.parse(await page.locator("#response").innerText());
    assert.equal(answer.hits.hits.length, 10);
  }));

test("tabs are chosen with arrow keys", () =>
  withPage({}, async (page) => {
    const tab = (name: string) => page.getByRole("tab", { name, exact: true });
    await tab("Hits").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await tab("Cost").getAttribute("aria-selected"), "true");
    assert.equal(await page.locator("#cost-panel").isVisible(), true);
    await page.keyboard.press("End");
    assert.equal(await tab("Response").evaluate((button) => button === document.activeElement), true);
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator("#hits-panel").isVisible(), true);
  }));
