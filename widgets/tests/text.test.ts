import assert from "node:assert/strict";
import { test } from "node:test";
import { stringsFor } from "../core/strings";
import { capital, dayInWords, inLanguage, languageName, runs } from "../core/text";

test("a text is given in the language asked for, else in its first", () => {
  assert.equal(inLanguage({ en: "Girl", es: "Niña" }, "es"), "Niña");
  assert.equal(inLanguage({ en: "Girl" }, "es"), "Girl");
  assert.equal(inLanguage({ en: "Girl" }, "constructor"), "Girl");
  assert.equal(inLanguage(null, "en"), "");
  assert.equal(inLanguage({}, "en"), "");
});

test("days and languages are named in their language", () => {
  assert.equal(dayInWords("2026-11-22", "en"), "November 22, 2026");
  assert.equal(dayInWords("2026-11-22", "es"), "22 de noviembre de 2026");
  assert.equal(dayInWords("soon", "en"), "soon");
  assert.equal(languageName("es"), "Español");
  assert.equal(capital("about 7 in 10", "en"), "About 7 in 10");
  assert.equal(capital("", "en"), "");
});

test("names in a sentence are found, the longest first, and signs in them are only signs", () => {
  assert.deepEqual(runs("Care and Care (all).", ["Care", "Care (all)", ""]), [
    { text: "Care", strong: true },
    { text: " and ", strong: false },
    { text: "Care (all)", strong: true },
    { text: ".", strong: false },
  ]);
  assert.deepEqual(
    runs("a.b", ["."]).filter((run) => run.strong),
    [{ text: ".", strong: true }],
  );
  assert.deepEqual(runs("None.", []), [{ text: "None.", strong: false }]);
});

/** Every text of an interface, by its path; functions are called with a plain argument. */
function leaves(node: unknown, path = ""): [string, string][] {
  if (typeof node === "string") return [[path, node]];
  if (typeof node === "function") return [[path, String((node as (a: unknown, b: unknown) => unknown)(5, "x"))]];
  return Object.entries(node as object).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

test("English and Spanish have the same texts, and none is empty or left in English", () => {
  const en = leaves(stringsFor("en"));
  const es = leaves(stringsFor("es-MX"));
  assert.deepEqual(
    es.map(([path]) => path),
    en.map(([path]) => path),
  );
  for (const [path, text] of [...en, ...es]) assert.notEqual(text.trim(), "", path);
  const same = en.filter(([path, text]) => es.some(([other, spanish]) => other === path && spanish === text));
  assert.deepEqual(same.map(([path]) => path).sort(), [".favorable", ".tableOf"]);
  assert.equal(stringsFor("fr"), stringsFor("en"));
});
