// Builds the JupyterLab extension: esbuild makes one script and one style sheet of the sources, @jupyter/builder
// wraps them so that JupyterLab can load them. Node alone is enough: the builder's script is called directly.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const installed = (path) => createRequire(import.meta.url).resolve(path);

/** Builds the extension with the settings that every bundle shares. */
export async function buildLab(common) {
  const scripts = build({
    ...common,
    entryPoints: [here("main.ts")],
    outfile: here("lib/main.js"),
    format: "esm",
    // JupyterLab has these in its page and hands them over.
    external: ["@jupyterlab/*", "@lumino/*"],
    loader: { ".svg": "text", ".ipynb": "json" },
  });
  const styles = build({ ...common, entryPoints: [here("main.css")], outfile: here("lib/main.css") });
  await Promise.all([scripts, styles]);
  try {
    await promisify(execFile)(process.execPath, [
      installed("@jupyter/builder/lib/build-labextension.js"),
      "--core-package-file",
      installed("@jupyterlab/core-meta/core.package.json"),
      here("."),
    ]);
  } catch (error) {
    throw new Error(`@jupyter/builder failed:\n${error.stdout}${error.stderr}`);
  }
}
