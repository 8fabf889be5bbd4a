// Builds the page into dist/, or the tests into target-tests/: `node build.mjs [unit|browser]`.

import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const FOLDER = import.meta.dirname;
const DIST = join(FOLDER, "dist");

const what = process.argv[2];
if (what === undefined) await buildPage();
else await buildTests(what);

async function buildPage() {
  const { metafile } = await build({
    entryPoints: { playground: join(FOLDER, "src/main.ts") },
    absWorkingDir: FOLDER,
    outdir: DIST,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox121", "safari17.5"],
    metafile: true,
  });
  await build({
    entryPoints: { playground: join(FOLDER, "src/styles/playground.css") },
    outdir: DIST,
    bundle: true,
    minify: true,
    target: ["chrome123", "firefox121", "safari17.5"],
  });
  await addLicences(Object.keys(metafile.inputs));
  // Last, since xtask takes its time for that of the whole page.
  await cp(join(FOLDER, "src/index.html"), join(DIST, "index.html"));
}

/** Who distributes the bundle distributes the packages in it, whose licences must be in it. */
async function addLicences(inputs) {
  const packages = new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
  const texts = new Map();
  for (const name of [...packages].sort()) {
    const folder = join(FOLDER, "node_modules", name);
    const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`the package ${name} has no licence`);
    const text = (await readFile(join(folder, licence), "utf8")).trim();
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
  const notices = [...texts].map(([text, names]) => `${names.join(", ")}:\n\n${text}`);
  const script = join(DIST, "playground.js");
  await writeFile(script, `/*!\n${notices.join("\n\n")}\n*/\n${await readFile(script, "utf8")}`);
}

async function buildTests(kind) {
  const folder = join(FOLDER, "tests", kind);
  const outdir = join(FOLDER, "target-tests", kind);
  await rm(outdir, { recursive: true, force: true });
  const tests = (await readdir(folder)).filter((file) => file.endsWith(".test.ts"));
  await build({
    entryPoints: tests.map((file) => join(folder, file)),
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  });
}
