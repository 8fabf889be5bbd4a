import assert from "node:assert/strict";
import { test } from "node:test";
import { addFunction, answered, requestOf, total, withPage } from "./browser.js";

test("a function is added with parameters that work", () =>
  withPage({}, async (page) => {
    const before = await total(page);
    await addFunction(page, "filter", "geo_distance");
    const { name, parameters } = (await requestOf(page)).query.bool.filter[0].wasm_udf;
    assert.equal(name, "geo_distance");
    assert.deepEqual(Object.keys(parameters), ["field", "lat", "lon", "radius_km"]);
    const after = await total(page);
    assert.ok(after > 0 && after < before, `${after} of ${before}`);
  }));

test("a slider changes the request and the hits", () =>
  withPage({}, async (page) => {
    await addFunction(page, "filter", "geo_distance");
    const before = await total(page);
    const slider = page.getByRole("slider", { name: "radius_km, as a slider" });
    const box = (await slider.boundingBox())!;
    await answered(page, () => slider.click({ position: { x: box.width * 0.7, y: box.height / 2 } }));
    const radius = (await requestOf(page)).query.bool.filter[0].wasm_udf.parameters.radius_km;
    assert.ok(radius > 3000, String(radius));
    assert.equal(await page.getByRole("spinbutton", { name: "radius_km" }).inputValue(), String(radius));
    assert.ok((await total(page)) > before);
    await answered(page, () => slider.press("ArrowLeft"));
    assert.ok((await requestOf(page)).query.bool.filter[0].wasm_udf.parameters.radius_km < radius);
  }));

test("a point is chosen on the map, by click and by keys", () =>
  withPage({}, async (page) => {
    await addFunction(page, "filter", "geo_distance");
    const map = page.locator("svg.map");
    await map.locator(".land path").first().waitFor({ state: "attached" });
    const parameters = async () => (await requestOf(page)).query.bool.filter[0].wasm_udf.parameters;
    // Near Paris.
    const box = (await map.boundingBox())!;
    const position = { x: (box.width * (2.35 + 180)) / 360, y: (box.height * (90 - 48.86)) / 180 };
    await answered(page, () => map.click({ position }));
    const { lat, lon } = await parameters();
    assert.ok(Math.abs(lat - 48.86) < 1 && Math.abs(lon - 2.35) < 1, `${lat}, ${lon}`);
    assert.match(await page.locator("#hits").innerText(), /France|Belgium|Germany|United Kingdom|Netherlands/);

    await map.focus();
    await answered(page, () => map.press("ArrowUp"));
    assert.ok(Math.abs((await parameters()).lat - lat - 1) < 0.02);
    await answered(page, () => map.press("Shift+ArrowRight"));
    assert.ok(Math.abs((await parameters()).lon - lon - 10) < 0.02);
    assert.match(await page.locator(".place").innerText(), new RegExp(`${(await parameters()).lat}°`));

    const viewBox = await map.getAttribute("viewBox");
    await map.press("+");
    await page.locator(`svg.map:not([viewBox="${viewBox}"])`).waitFor();
    await page.getByRole("button", { name: "Zoom out" }).click();
    await page.locator(`svg.map[viewBox="${viewBox}"]`).waitFor();
  }));

test("corners of a polygon are clicked, moved and removed", () =>
  withPage({}, async (page) => {
    await addFunction(page, "filter", "geo_polygon");
    const corners = async () => (await requestOf(page)).query.bool.filter[0].wasm_udf.parameters;
    const map = page.locator("svg.map");
    await answered(page, () => map.click({ position: { x: 200, y: 60 } }));
    const { lats, lons } = await corners();
    assert.deepEqual([lats.length, lons.length], [5, 5]);
    await answered(page, () => map.press("ArrowUp"));
    assert.ok(Math.abs((await corners()).lats[4] - lats[4] - 1) < 0.02);
    await answered(page, () => map.press("Backspace"));
    assert.deepEqual(await corners(), { field: "location", lats: lats.slice(0, 4), lons: lons.slice(0, 4) });
    assert.ok((await total(page)) > 0);
  }));

test("a scorer ranks, with a text, a switch and a list of fields", () =>
  withPage({}, async (page) => {
    await addFunction(page, "scorer", "string_distance");
    const call = page.getByRole("region", { name: "Parameters of string_distance" });
    await answered(page, () => call.getByLabel("field", { exact: false }).first().selectOption("name.raw"));
    await answered(page, () => call.getByRole("textbox", { name: "text" }).fill("dusseldorf"));
    await answered(page, () => call.getByRole("switch").click());
    const { wasm_udf } = (await requestOf(page)).query.script_score;
    assert.deepEqual(wasm_udf.parameters, { field: "name.raw", text: "dusseldorf", ignore_case: true });
    assert.match(await page.locator("#hits .card h3").first().innerText(), /^D(ü|u)sseldorf/i);
    await answered(page, () => call.getByRole("button", { name: "unset" }).click());
    assert.equal("ignore_case" in (await requestOf(page)).query.script_score.wasm_udf.parameters, false);
    await answered(page, () => call.getByRole("button", { name: "Remove string_distance" }).click());
    assert.deepEqual((await requestOf(page)).query, { match_all: {} });
    assert.equal(await call.count(), 0);
  }));

test("computed values are shown with the hits", () =>
  withPage({}, async (page) => {
    await addFunction(page, "values", "haversine");
    assert.match(await page.locator("#hits .card").first().innerText(), /haversine\s+[\d,.]+/);
    await answered(page, () => page.getByLabel("type of the values").selectOption("long"));
    assert.match(
      await page.locator("#problems").innerText(),
      /computes floats, and field \[haversine\] is of the type \[long\]/,
    );
  }));

test("a form follows the request in the editor", () => {
  const parameters = { field: "population", min: 5_000_000 };
  return withPage(
    { link: { index: "cities", request: { query: { wasm_udf: { name: "number_range", parameters } } } } },
    async (page) => {
      assert.equal(await page.getByRole("spinbutton", { name: "min" }).inputValue(), "5000000");
      await answered(page, () => page.getByRole("spinbutton", { name: "min" }).fill("20000000"));
      assert.ok((await total(page)) < 5);
    },
  );
});

test("functions that the server does not have are named", () =>
  withPage(
    { link: { index: "cities", request: { query: { wasm_udf: { name: "nope" } } } }, waitForHits: false },
    async (page) => {
      assert.match(
        await page.getByRole("region", { name: "Parameters of nope" }).innerText(),
        /no function with this name/,
      );
    },
  ));

test("the cost of each function is shown", () =>
  withPage({}, async (page) => {
    await addFunction(page, "filter", "geo_distance");
    await addFunction(page, "scorer", "custom_score");
    await answered(page, () => page.getByRole("switch", { name: "Profile" }).click());
    assert.equal((await requestOf(page)).profile, true);
    await page.getByRole("tab", { name: "Cost" }).click();
    const rows = await page.locator("table.cost tbody tr").allInnerTexts();
    assert.equal(rows.length, 2);
    assert.match(
      rows.join("\n"),
      /geo_distance@[\d.]+[^]*filter[^]*query\.script_score\.query\.bool\.filter\[0\]\.wasm_udf/,
    );
    assert.match(rows.join("\n"), /custom_score@[\d.]+[^]*scorer/);
    assert.match(await page.locator("#cost").innerText(), /round trips/);
  }));
