// Runs tests/*.test.ts with Node's own test runner. Node 20 reads no TypeScript, so esbuild bundles them first.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("tests/", import.meta.url));
const names = (await readdir(folder)).filter((name) => name.endsWith(".test.ts"));
const out = await mkdtemp(join(tmpdir(), "relsurvey-widgets-"));
try {
  await build({
    entryPoints: names.map((name) => join(folder, name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    jsx: "automatic",
    jsxImportSource: "preact",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = names.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", ...files], {
    stdio: "inherit",
    // Where the sources are: the bundles run from elsewhere.
    env: { ...process.env, RELSURVEY_WIDGETS: fileURLToPath(new URL(".", import.meta.url)) },
  });
  process.exitCode = status ?? 1;
} finally {
  await rm(out, { recursive: true });
}
