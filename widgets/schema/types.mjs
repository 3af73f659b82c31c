// Writes from schema/view.schema.json what TypeScript and what the browser need of it: view.ts, the types of a view, and
// view.shape.json, by which a document is checked. With --check it writes nothing and fails when one of them is stale.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const source = new URL("view.schema.json", import.meta.url);

const TEXT = { $ref: "#/$defs/Text" };

/** Names the one map of languages, and drops the titles pydantic gives to each property: they would become aliases. */
function simplified(node) {
  if (Array.isArray(node)) return node.map(simplified);
  if (node === null || typeof node !== "object") return node;
  if (node.additionalProperties?.type === "string") return TEXT;
  const entries = Object.entries(node).filter(([key, value]) => key !== "title" || typeof value !== "string");
  return Object.fromEntries(entries.map(([key, value]) => [key, simplified(value)]));
}

/**
 * The same rules in the fewest words, since every page carries them: the name of a JSON type or of a definition, a list
 * of choices, or an object of one key. A part whose name ends in `?` may be absent.
 */
function shapeOf(node) {
  if (node.$ref !== undefined) return node.$ref.replace("#/$defs/", "");
  if (node.anyOf !== undefined) return node.anyOf.map(shapeOf);
  if (node.const !== undefined) return { of: [node.const] };
  if (node.enum !== undefined) return { of: node.enum };
  if (node.type === "array") return { each: shapeOf(node.items) };
  if (node.type === "object") {
    const { properties, required = [] } = node;
    if (properties === undefined) return { any: shapeOf(node.additionalProperties) };
    const named = Object.entries(properties).map(([key, part]) => [
      required.includes(key) ? key : `${key}?`,
      shapeOf(part),
    ]);
    return { parts: Object.fromEntries(named) };
  }
  if (node.minimum !== undefined) return { from: node.minimum, to: node.maximum };
  if (!["string", "boolean", "null", "integer"].includes(node.type)) throw new Error(`no shape for ${node.type}`);
  return node.type;
}

const view = simplified(JSON.parse(await readFile(source, "utf8")));
view.$defs.Text = {
  description: "One sentence or label in each language of the view.",
  type: "object",
  additionalProperties: { type: "string" },
};
const shapes = { View: shapeOf(view) };
for (const [name, node] of Object.entries(view.$defs)) shapes[name] = shapeOf(node);

const text = await compile(view, "View", {
  additionalProperties: false,
  bannerComment: "/* Generated from view.schema.json by `npm run types`. Do not edit. */",
});

for (const [name, wanted] of Object.entries({ "view.ts": text, "view.shape.json": `${JSON.stringify(shapes)}\n` })) {
  const target = new URL(name, import.meta.url);
  if (!process.argv.includes("--check")) {
    await writeFile(target, wanted);
  } else if ((await readFile(target, "utf8").catch(() => "")) !== wanted) {
    console.error(`schema/${name} is stale: run \`npm run types\`.`);
    process.exitCode = 1;
  }
}
