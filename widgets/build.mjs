// Builds the browser half into the Python package: one script and one style sheet for pages, one pair for each widget
// of notebooks, and the JupyterLab extension.
import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { buildLab } from "./lab/build.mjs";

const LIMIT = 155_000;
/** Of the same when it is sent compressed. */
const SENT = 52_000;
/** Of what every instance of a widget carries, beside a view. */
const SMALL = 40_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../src/relsurvey/static");

/** What stands most often in the schema: a text in each language. */
const TEXT = '{"additionalProperties":{"type":"string"},"type":"object"}';

/** The schema without what only people read and what goes without saying, with what stands most often once. */
const bareSchema = {
  name: "bare-schema",
  setup(pipeline) {
    pipeline.onLoad({ filter: /view\.schema\.json$/ }, async ({ path }) => {
      const bare = (key, value) =>
        (["title", "description", "default"].includes(key) && typeof value !== "object") || value === false
          ? undefined
          : value;
      const whole = JSON.stringify(JSON.parse(await readFile(path, "utf8"), bare));
      const contents = whole.replaceAll(TEXT, '{"$ref":"#/$defs/_"}').replace('"$defs":{', `"$defs":{"_":${TEXT},`);
      return { contents, loader: "json" };
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
  build({ ...common, entryPoints: [here("loader/gradebook.ts")], outfile: `${out}/gradebook.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("explore/main.ts")], outfile: `${out}/explore.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("comments/main.ts")], outfile: `${out}/comments.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("publish/main.ts")], outfile: `${out}/publish.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("policy/main.ts")], outfile: `${out}/policy.js`, format: "esm" }),
  build({ ...common, entryPoints: [here("page/page.css")], outfile: `${out}/page.css` }),
  build({ ...common, entryPoints: [here("core/style.css")], outfile: `${out}/viewer.css` }),
  build({ ...common, entryPoints: [here("loader/loader.css")], outfile: `${out}/loader.css` }),
  build({ ...common, entryPoints: [here("explore/explore.css")], outfile: `${out}/explore.css` }),
  build({ ...common, entryPoints: [here("comments/comments.css")], outfile: `${out}/comments.css` }),
  build({ ...common, entryPoints: [here("publish/publish.css")], outfile: `${out}/publish.css` }),
  build({ ...common, entryPoints: [here("policy/policy.css")], outfile: `${out}/policy.css` }),
  buildLab(common),
]);

const both = ["page", "viewer", "loader", "explore", "comments", "publish", "policy"];
// The loader of gradebooks has the styles of the other one.
for (const name of ["gradebook.js", ...both.flatMap((part) => [`${part}.js`, `${part}.css`])]) {
  const { size } = await stat(`${out}/${name}`);
  const sent = gzipSync(await readFile(`${out}/${name}`)).length;
  // The widget that publishes shows the view itself, beside its own.
  const [limit, most] = name.startsWith("publish")
    ? [LIMIT + SMALL, SENT + SMALL / 2]
    : [/^(loader|gradebook|explore|comments|policy)/.test(name) ? SMALL : LIMIT, SENT];
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
