// Writes schema/view.ts, the TypeScript types of a view, from schema/view.schema.json.
// With --check it writes nothing and fails when view.ts is not what the schema says.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const source = new URL("view.schema.json", import.meta.url);
const target = new URL("view.ts", import.meta.url);

const TEXT = { $ref: "#/$defs/Text" };

/** Names the one map of languages, and drops the titles pydantic gives to each property: they would become aliases. */
function simplified(node) {
  if (Array.isArray(node)) return node.map(simplified);
  if (node === null || typeof node !== "object") return node;
  if (node.additionalProperties?.type === "string") return TEXT;
  const entries = Object.entries(node).filter(([key, value]) => key !== "title" || typeof value !== "string");
  return Object.fromEntries(entries.map(([key, value]) => [key, simplified(value)]));
}

const { $defs, ...view } = JSON.parse(await readFile(source, "utf8"));
const text = await compile(
  {
    ...simplified(view),
    $defs: {
      ...simplified($defs),
      Text: {
        description: "One sentence or label in each language of the view.",
        type: "object",
        additionalProperties: { type: "string" },
      },
    },
  },
  "View",
  {
    additionalProperties: false,
    bannerComment: "/* Generated from view.schema.json by `npm run types`. Do not edit. */",
  },
);

if (process.argv.includes("--check")) {
  const present = await readFile(target, "utf8").catch(() => "");
  if (present !== text) {
    console.error("schema/view.ts is stale: run `npm run types`.");
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
