// Builds the browser half into the Python package: one script and one style sheet for pages, one pair for each widget
// of notebooks, and the JupyterLab extension.
import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { buildLab } from "./lab/build.mjs";

const LIMIT = 150_000;
/** Of the same when it is sent compressed. */
const SENT = 50_000;
/** Of what every instance of a widget carries, beside a view. */
const SMALL = 40_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../src/relsurvey/static");

/** The schema without what only people read: it is in every page. */
const bareSchema = {
  name: "bare-schema",
  setup(pipeline) {
    pipeline.onLoad({ filter: /view\.schema\.json$/ }, async ({ path }) => {
      const bare = (key, value) =>
        ["title", "description", "default"].includes(key) && typeof value !== "object" ? undefined : value;
      return { contents: JSON.stringify(JSON.parse(await readFile(path, "utf8"), bare)), loader: "json" };
    });
  },
};

// Preact stands inside every script, and its licence asks that its notice does too.
const licence = await readFile(here("node_modules/preact/LICENSE"), "utf8");

const common = {
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  banner: { js: `/*! Preact\n${licence.trim()}\n*/` },
  target: ["chrome111", "firefox113", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [bareSchema],
  logLevel: "warning",
};

await Promise.all([
  build({ ...common, entryPoints: [here("page/main.ts")], outfile: `${out}/page.js`, format: "iife" }),
  build({ ...common, entryPoints: [here("anywidget/main.ts")], outfile: `${out}/viewer.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("loader/main.ts")], outfile: `${out}/loader.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("explore/main.ts")], outfile: `${out}/explore.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("comments/main.ts")], outfile: `${out}/comments.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("publish/main.ts")], outfile: `${out}/publish.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("page/page.css")], outfile: `${out}/page.css` }),
  build({ ...common, entryPoints: [here("core/style.css")], outfile: `${out}/viewer.css` }),
  build({ ...common, entryPoints: [here("loader/loader.css")], outfile: `${out}/loader.css` }),
  build({ ...common, entryPoints: [here("explore/explore.css")], outfile: `${out}/explore.css` }),
  build({ ...common, entryPoints: [here("comments/comments.css")], outfile: `${out}/comments.css` }),
  build({ ...common, entryPoints: [here("publish/publish.css")], outfile: `${out}/publish.css` }),
  buildLab(common),
]);

for (const name of ["page", "viewer", "loader", "explore", "comments", "publish"].flatMap((part) => [
  `${part}.js`,
  `${part}.css`,
])) {
  const { size } = await stat(`${out}/${name}`);
  const sent = gzipSync(await readFile(`${out}/${name}`)).length;
  // The widget that publishes shows the view itself, beside its own.
  const [limit, most] = name.startsWith("publish")
    ? [LIMIT + SMALL, SENT + SMALL / 2]
    : [/^(loader|explore|comments)/.test(name) ? SMALL : LIMIT, SENT];
  console.log(
    `${name.padEnd(12)} ${[size, sent].map((n) => `${(n / 1000).toFixed(1).padStart(6)} kB`).join(", sent")}`,
  );
  if (sent > most) {
    console.error(`${name} is over its limit of ${most / 1000} kB compressed.`);
    process.exitCode = 1;
  }
  if (size > limit) {
    console.error(`${name} is over its limit of ${limit / 1000} kB.`);
    process.exitCode = 1;
  }
}
