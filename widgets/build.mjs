// Builds the browser half into the Python package: one script and one style sheet for pages, one pair for each widget
// of notebooks, and the JupyterLab extension.
import { readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { buildLab } from "./lab/build.mjs";

const LIMIT = 150_000;
/** Of the same when it is sent compressed. */
const SENT = 50_000;
/** Of what every instance of a widget carries, beside a view. */
const SMALL = 40_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../src/relsurvey/static");

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
  logLevel: "warning",
};

/** Bundles a script, and makes it smaller than one pass over single files can. */
async function script(entry, name, format) {
  const { outputFiles } = await build({ ...common, entryPoints: [here(entry)], format, write: false });
  const { code } = await minify(outputFiles[0].text, {
    module: format === "esm",
    compress: { passes: 3, sequences: false },
    format: { comments: /^!/ },
  });
  await writeFile(`${out}/${name}.js`, `${code}\n`);
}

const style = (entry, name) => build({ ...common, entryPoints: [here(entry)], outfile: `${out}/${name}.css` });

await Promise.all([
  script("page/main.ts", "page", "iife"),
  script("anywidget/main.ts", "viewer", "esm"),
  script("loader/main.tsx", "loader", "esm"),
  script("loader/gradebook.tsx", "gradebook", "esm"),
  script("explore/main.tsx", "explore", "esm"),
  script("comments/main.tsx", "comments", "esm"),
  script("publish/main.tsx", "publish", "esm"),
  script("policy/main.tsx", "policy", "esm"),
  style("page/page.css", "page"),
  style("core/style.css", "viewer"),
  style("loader/loader.css", "loader"),
  style("explore/explore.css", "explore"),
  style("comments/comments.css", "comments"),
  style("publish/publish.css", "publish"),
  style("policy/policy.css", "policy"),
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
