import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Wish } from "../core/address";
import { COLOURS, linesOf, widthOf } from "../core/drawing";
import { element, written } from "../core/markup";
import { hasPicture, pictureOf } from "../core/picture";
import type { ItemCell, Unit } from "../schema/view";
import { toHtml } from "../core/spreadsheet";
import { tablesOf } from "../core/tables";
import { sceneFor, told, WIDGETS } from "./fixture";

const HOSTILE = `</text><script>alert(1)</script>" onload='x' &amp; \u0000\ud800`;

const at = (wish: Wish, view = told()) => sceneFor({ unit: "sierra-norte", ...wish }, {}, view);
const PICTURES = ["glance", "questions", "groups", "change"];

test("words stay words", () => {
  assert.equal(
    written(element("a", { title: HOSTILE, none: undefined }, HOSTILE, element("b", { n: 1 }))),
    '<a title="&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;amp;   ">' +
      "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;amp;   " +
      '<b n="1"></b></a>',
  );
});

test("a picture says whose it is, that it is simulated, the promise and what is hidden", () => {
  for (const language of ["en", "es"]) {
    for (const page of PICTURES) {
      const scene = at({ page, language });
      assert.ok(hasPicture(scene));
      const { svg, width, height } = pictureOf(scene);
      const words = textOf(svg);
      const { view, unit } = scene;
      for (const text of [view.promise, unit.title, view.wave, ...(unit.hidden ?? []), view.favorable])
        assert.ok(words.includes(scene.say(text)), `${page} ${language}: ${scene.say(text)}`);
      assert.ok(words.includes(scene.words.simulated));
      assert.ok(svg.startsWith(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`));
    }
  }
});

/** The words of a picture, lines joined. */
function textOf(svg: string): string {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)]
    .map(([, words = ""]) => words)
    .join(" ")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

test("a picture needs nothing from outside, and no style sheet", () => {
  for (const page of PICTURES) {
    const { svg } = pictureOf(at({ page }));
    assert.doesNotMatch(svg.replace("http://www.w3.org/2000/svg", ""), /https?:|href|url\(|class=|style=|var\(/);
    assert.match(svg, /font-family="sans-serif"/);
    assert.doesNotMatch(svg, /NaN|undefined|null/);
  }
});

test("hostile words cannot leave their place in a picture", () => {
  const view = told();
  const bad = { en: HOSTILE, es: HOSTILE };
  const hostile = {
    ...view,
    scales: view.scales.map((scale) => ({ ...scale, title: bad })),
    units: view.units.map((unit) => ({ ...unit, title: bad })),
  };
  for (const page of PICTURES) {
    const { svg } = pictureOf(at({ page }, hostile));
    assert.doesNotMatch(svg, /<script|onload='/);
    assert.equal(svg.match(/<text /g)?.length, svg.match(/<\/text>/g)?.length);
    // It can be put into an address.
    assert.ok(encodeURIComponent(svg).length > 0);
  }
});

test("what cannot be drawn has no picture", () => {
  assert.ok(!hasPicture(at({ page: "comments" })));
  assert.ok(!hasPicture(at({ page: "about" })));
  assert.ok(!hasPicture(at({ page: "groups", part: "disability" })));
  assert.ok(!hasPicture(at({ page: "questions", find: "zzz" })));
});

test("a coded share has no dot and no whisker in a picture", () => {
  const view = told();
  const coded = { percent: 95, low: 95, high: 95, coded: "top" as const };
  const units = view.units.map((unit) =>
    unit.change
      ? {
          ...unit,
          change: { ...unit.change, cells: unit.change.cells.map((cell) => ({ ...cell, before: coded, now: coded })) },
        }
      : unit,
  );
  const { svg } = pictureOf(at({ page: "change" }, { ...view, units }));
  // Those of the key alone.
  assert.equal(svg.match(/<circle /g)?.length, 2);
  assert.match(svg, /stroke-dasharray/);
});

test("a column is named above the questions that have something in it, in whole words", () => {
  const view = told();
  const called = { en: "Not sure / does not correspond", es: "No me corresponde" };
  const without = (unit: Unit): Unit => ({
    ...unit,
    items: unit.items.map((cell) =>
      cell.item.startsWith("care")
        ? { ...cell, not_counted: null }
        : cell.item.startsWith("power")
          ? noMiddle(cell)
          : cell,
    ),
  });
  const noMiddle = (cell: ItemCell): ItemCell => ({
    ...cell,
    parts: (cell.parts ?? []).filter((part) => part.tone !== "neutral"),
  });
  const scene = at({ page: "questions" }, { ...view, not_counted: called, units: view.units.map(without) });
  const { svg } = pictureOf(scene);
  const scales = new Set(scene.view.items.map(({ scale }) => scale)).size;
  const count = (text: string): number => svg.split(`>${text}<`).length - 1;
  assert.equal(count(scene.words.favorable), scales);
  assert.equal(count("correspond"), scales - 1);
  assert.equal(count(scene.words.middle), scales - 1);
});

test("the colours are the light ones of the page", () => {
  const css = readFileSync(join(WIDGETS, "core/tokens.css"), "utf8");
  const light = css.slice(0, css.indexOf("}"));
  for (const [name, colour] of Object.entries(COLOURS))
    assert.match(light, new RegExp(`--rs-${name}:[^;]*${colour}`), name);
});

test("lines fit their width, and a word without end is cut", () => {
  for (const text of ["a few short words and a longer one, extraordinarily", "o".repeat(200), ""]) {
    const lines = linesOf(text, 120, 14);
    for (const line of lines) assert.ok(widthOf(line, 14) <= 120);
    assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  }
});

test("a change has then and now beside its words", () => {
  const scene = at({ page: "change" });
  const [table] = tablesOf(scene, "change");
  assert.equal(scene.unit.change?.cells.length, table?.rows.length);
  assert.deepEqual(table?.rows[0]?.slice(2, 8), [53, 45, 61, 76, 69, 82]);
  assert.equal(table?.rows[3]?.at(-1), scene.unit.change?.cells[3]?.sentence?.["en"]);
  assert.deepEqual(table?.rows[4]?.slice(2), [null, null, null, null, null, null, ""]);
  for (const row of table?.rows ?? []) assert.equal(row.length, table?.columns.length);
});

test("a table for documents is guarded and escaped", () => {
  const html = toHtml({
    caption: "=c",
    headers: 1,
    columns: [
      { label: "<b>", numeric: false },
      { label: "Percent", numeric: true },
    ],
    rows: [
      ["=1+1", -3],
      ["@x", null],
    ],
  });
  assert.equal(
    html,
    "<table><caption>&#39;=c</caption><tr><th>&lt;b&gt;</th><th>Percent</th></tr>" +
      "<tr><th>&#39;=1+1</th><td>-3</td></tr><tr><th>&#39;@x</th><td></td></tr></table>",
  );
});

test("about has the certificate and the provenance as tables", () => {
  const view = told();
  const certificate = {
    package: "0.1.0",
    methods: ["rank" as const, "linear" as const],
    min_n: 11,
    width: 50,
    tables_shown: 3,
    tables_hidden: 1,
    groups_shown: 8,
    groups_hidden: 2,
    figures_withheld: 0,
    narrowest: 61,
  };
  const before = tablesOf(at({ page: "about" }), "about").map((table) => table.caption);
  const tables = tablesOf(at({ page: "about" }, { ...view, provenance: { ...view.provenance, certificate } }), "about");
  assert.equal(tables.length, before.length + 1);
  const proved = tables.find((table) => table.caption === "How students are protected");
  assert.ok(proved?.rows.some((row) => row[1] === "61 percent points"));
  const source = tables.at(-1);
  const said = source?.rows.map((row) => row[1]) ?? [];
  for (const text of [view.audience["en"], view.publisher["en"], view.provenance.instrument_sha256])
    assert.ok(said.includes(text ?? "?"), text);
});

test("a section with rows is a table, and then the scales are not told twice", () => {
  const view = told();
  const about = [
    ...view.about,
    {
      title: { en: "Read" },
      paragraphs: [],
      head: [{ en: "Scale" }, { en: "How" }],
      rows: [[{ en: "A" }, { en: "one" }]],
    },
  ];
  const captions = (document: typeof view): string[] =>
    tablesOf(at({ page: "about" }, document), "about").map((table) => table.caption);
  assert.ok(captions(view).includes("How far each scale can be trusted"));
  assert.ok(!captions({ ...view, about }).includes("How far each scale can be trusted"));
});
