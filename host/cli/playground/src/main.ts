/** The page: an editor with a request, forms that change it, and what the server answers. */

import { Api, baseOf, type Explanation, type Hit, type SearchAnswer } from "./api.js";
import { createCodePanel } from "./code-panel.js";
import { setUpCredentials } from "./credentials.js";
import { byId, element } from "./dom.js";
import { createEditor } from "./editor.js";
import { numberText } from "./explain.js";
import { showFacets } from "./facet-panel.js";
import { bucketsOf, clauseText, facetRequest, type Bucket } from "./facets.js";
import { createForm } from "./form.js";
import { FunctionCatalog } from "./function-catalog.js";
import { createFunctionPicker } from "./function-picker.js";
import { initialParameters, pointOf } from "./functions.js";
import { withPrivateTags } from "./highlight.js";
import { loadIndex, NO_INDEX, valueAt } from "./index-info.js";
import { formatRequest, isObject, type Json, type JsonObject } from "./json.js";
import { losesDigits } from "./json-tree.js";
import { readLink, writeLink } from "./link.js";
import { problemElement } from "./problem.js";
import {
  addCall,
  addFilter,
  calls,
  explanationRequest,
  filters,
  removeClause,
  setSwitch,
  setWords,
  words,
  type Role,
} from "./request.js";
import { createResults } from "./results.js";
import { setUpTheme } from "./theme.js";

/** Changes by controls run the request after this time without another one, in milliseconds: a slider sends many. */
const PAUSE = 200;

/** Where the results are below the request, as in layout.css. */
const ON_SMALL_SCREENS = matchMedia("(max-width: 60rem)");

const FIRST_REQUEST: JsonObject = { query: { match_all: {} }, highlight: { fields: { "*": {} } } };

const api = new Api(baseOf(location.pathname));
const catalog = new FunctionCatalog(api);
let info = NO_INDEX;
let answer: SearchAnswer | undefined;
let running: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

const indexSelect = byId("index", HTMLSelectElement);
const wordsInput = byId("words", HTMLInputElement);
const profileSwitch = byId("profile", HTMLInputElement);
const facetsPanel = byId("facets", HTMLElement);

const editor = createEditor({
  parent: byId("editor", HTMLElement),
  known: () => ({
    fields: info.fields,
    functions: catalog.functions,
    parametersOf: (name) => catalog.parametersOf(name),
  }),
  onChange: requestChanged,
  onRun: () => void run(),
});
const form = createForm({
  parent: byId("calls", HTMLElement),
  info: () => info,
  isKnown: (name) => catalog.has(name),
  version: (call) => catalog.version(call.name, call.version),
  onChange: change,
});
const credentials = setUpCredentials((authorization) => {
  api.authorization = authorization;
  void start();
});
const picker = createFunctionPicker((name, role) => void add(name, role));
const showCode = createCodePanel(byId("code", HTMLElement));
const results = createResults({ explain, goTo: editor.goTo });

setUpTheme();
byId("run", HTMLButtonElement).addEventListener("click", () => {
  if (ON_SMALL_SCREENS.matches) byId("results", HTMLElement).scrollIntoView();
  void run();
});
wordsInput.addEventListener("input", () => change((request) => setWords(request, wordsInput.value)));
byId("facets-box", HTMLDetailsElement).open = !ON_SMALL_SCREENS.matches;
byId("format", HTMLButtonElement).addEventListener("click", () => edit((request) => request));
indexSelect.addEventListener("change", () => void open(indexSelect.value));
profileSwitch.addEventListener("change", () =>
  change((request) => setSwitch(request, "profile", profileSwitch.checked)),
);
window.addEventListener("hashchange", () => void start());
void start();

/** Shows what the link says, or an index. */
async function start(): Promise<void> {
  const link = readLink(location.hash);
  try {
    const [indices] = await Promise.all([api.indices(), catalog.load()]);
    credentials.hide();
    indexSelect.replaceChildren(
      ...indices.map(({ name, documents }) =>
        element(
          "option",
          { value: name },
          documents === undefined ? `${name} (alias)` : `${name} (${numberText(documents)})`,
        ),
      ),
    );
    picker.show(catalog.functions);
    // Of all indices the largest: the small ones are often trials.
    const largest = indices.toSorted((left, right) => (right.documents ?? 0) - (left.documents ?? 0))[0];
    const first = link.index || largest?.name;
    if (first === undefined) {
      showProblem(
        new Error(
          "The server has no index. Make one with `quidditch index create`, add documents, and load this page again.",
        ),
      );
      return;
    }
    // A list or a pattern of names works as well.
    if (!indices.some(({ name }) => name === first)) indexSelect.append(element("option", { value: first }, first));
    indexSelect.value = first;
    // The text is a request to the index that is opened next, and must not be linked with the name of the former one.
    info = NO_INDEX;
    editor.setText(link.request ?? formatRequest(FIRST_REQUEST));
    await open(first);
  } catch (error) {
    showProblem(error);
  }
}

async function open(index: string): Promise<void> {
  // What is asked of another index must not be shown with this one.
  clearTimeout(timer);
  running?.abort();
  facetsPanel.replaceChildren();
  try {
    const loaded = await loadIndex(api, index);
    // Another one may have been chosen meanwhile.
    if (indexSelect.value !== index) return;
    info = loaded;
  } catch (error) {
    if (indexSelect.value !== index) return;
    info = { ...NO_INDEX, name: index };
    requestChanged();
    showProblem(error);
    return;
  }
  requestChanged();
  await run();
}

/** The request in the editor, if it is valid JSON. */
function request(): JsonObject | undefined {
  try {
    const value = JSON.parse(editor.text()) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Shows what depends on the text of the request, however that was changed. */
function requestChanged(): void {
  const current = request();
  byId("invalid", HTMLElement).hidden = current !== undefined;
  byId("inexact", HTMLElement).hidden = current === undefined || !losesDigits(editor.text());
  if (current === undefined || info === NO_INDEX) return;
  showLink();
  profileSwitch.checked = current["profile"] === true;
  // Not while it says the same: the cursor would move to its end.
  if (words(current) !== wordsInput.value) wordsInput.value = words(current);
  showCode({
    server: location.origin + api.base,
    index: info.name,
    body: current,
    needsAuthorization: api.authorization !== "",
  });
  showChips(current);
  showForms(current);
}

function showLink(): void {
  try {
    history.replaceState(null, "", writeLink(info.name, editor.text()));
  } catch {
    // Safari refuses more than a hundred in ten seconds, as a slider makes them. The next change or run makes up for it.
  }
}

function showForms(current: JsonObject): void {
  const called = calls(current);
  const pointsOf = (field: string) =>
    (answer?.hits.hits ?? []).flatMap((hit) => pointOf(valueAt(hit._source ?? {}, field)) ?? []);
  form.show(called, pointsOf);
  catalog.describe(called.map((call) => call.name)).then((isNew) => {
    const now = request();
    if (isNew && now !== undefined) showForms(now);
  }, showAside);
}

function showChips(current: JsonObject): void {
  const chips = filters(current).filter(({ clause }) => !("wasm_udf" in clause) && !("script" in clause));
  const items = chips.map(({ path, clause }) => {
    const text = clauseText(clause);
    const remove = element(
      "button",
      {
        type: "button",
        "aria-label": `Remove the filter ${text}`,
        onclick: () => change((request) => removeClause(request, path)),
      },
      "×",
    );
    return element("li", { class: "chip" }, text, remove);
  });
  byId("chips", HTMLElement).replaceChildren(...items);
}

/** Changes the request in the editor, if it is valid, and if that leaves all of its numbers as they are. */
function edit(change: (request: JsonObject) => JsonObject): boolean {
  const current = request();
  if (current === undefined || losesDigits(editor.text())) return false;
  editor.setText(formatRequest(change(current)));
  return true;
}

/** The same, and runs it soon. */
function change(change: (request: JsonObject) => JsonObject): void {
  if (!edit(change)) return;
  clearTimeout(timer);
  timer = setTimeout(() => void run(), PAUSE);
}

async function add(name: string, role: Role): Promise<void> {
  try {
    await catalog.describe([name]);
  } catch (error) {
    showAside(error);
    return;
  }
  change((request) => addCall(request, role, name, initialParameters(catalog.parametersOf(name) ?? [], role, info)));
}

/** Runs the request. One that is still running is given up. */
async function run(): Promise<void> {
  if (info === NO_INDEX) {
    // An index that is being opened runs the request itself. Without one, the server may be there by now.
    if (indexSelect.value === "") await start();
    return;
  }
  clearTimeout(timer);
  running?.abort();
  if (request() !== undefined) showLink();
  const controller = new AbortController();
  running = controller;
  document.body.classList.add("is-running");
  try {
    answer = await api.search(info.name, withPrivateTags(editor.text()), controller.signal);
    results.showAnswer(answer, info.fields);
    const current = request();
    if (current !== undefined) {
      showForms(current);
      await loadFacets(current, controller.signal).catch((error: unknown) => {
        // The hits are there all the same.
        if (!controller.signal.aborted) facetsPanel.replaceChildren(problemElement(error));
      });
    }
  } catch (error) {
    if (!controller.signal.aborted) showProblem(error);
  } finally {
    if (running === controller) document.body.classList.remove("is-running");
  }
}

async function explain(hit: Hit): Promise<Explanation | undefined> {
  const current = request();
  if (current === undefined) return undefined;
  const found = await api.search(hit._index, JSON.stringify(explanationRequest(current, hit._id)));
  return found.hits.hits[0]?._explanation;
}

/** Facets are counted after the hits are shown, by a request of their own: that of the editor is sent as it is written. */
async function loadFacets(current: JsonObject, signal: AbortSignal): Promise<void> {
  if (info.facets.length === 0) return;
  const counted = await api.search(info.name, JSON.stringify(facetRequest(current, info.facets)), signal);
  const chosen = (bucket: Bucket, now: JsonObject) =>
    filters(now).find(({ clause }) => JSON.stringify(clause) === JSON.stringify(bucket.clause));
  showFacets(facetsPanel, {
    facets: info.facets,
    buckets: bucketsOf(info.facets, counted.aggregations ?? {}),
    isChosen: (bucket) => chosen(bucket, current) !== undefined,
    onChoose: (bucket) =>
      change((request) => {
        const filter = chosen(bucket, request);
        return filter === undefined ? addFilter(request, bucket.clause) : removeClause(request, filter.path);
      }),
  });
}

/** An error of something other than the search, whose hits stay. */
function showAside(error: unknown): void {
  byId("problems", HTMLElement).replaceChildren(problemElement(error));
  credentials.askAfter(error);
}

function showProblem(error: unknown): void {
  answer = undefined;
  results.showProblem(error);
  credentials.askAfter(error);
}
