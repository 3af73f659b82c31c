import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName, guarded, type Table, toCsv, toTsv } from "../core/spreadsheet";

const table: Table = {
  caption: "c",
  headers: 1,
  columns: [
    { label: "=Group", numeric: false },
    { label: "Percent", numeric: true },
  ],
  rows: [
    ['=HYPERLINK("x")', 71],
    ["a,b\nc", null],
    ["Ñandú", "95 or more"],
  ],
};

test("what a spreadsheet would run gets an apostrophe", () => {
  for (const start of ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u00a0@"]) {
    assert.equal(guarded(`${start}cmd`), `'${start}cmd`, JSON.stringify(start));
  }
  for (const plain of ["a = b", "Girl", "7 in 10", "’t", ""]) assert.equal(guarded(plain), plain);
});

test("CSV quotes text, keeps numbers as numbers and says that it is UTF-8", () => {
  assert.equal(
    toCsv(table),
    '\uFEFF"\'=Group","Percent"\r\n"\'=HYPERLINK(""x"")",71\r\n"a,b\nc",\r\n"Ñandú","95 or more"\r\n',
  );
});

test("copied text keeps its columns and is guarded too", () => {
  assert.equal(toTsv(table), "'=Group\tPercent\n'=HYPERLINK(\"x\")\t71\na,b c\t\nÑandú\t95 or more");
});

test("file names hold letters, digits and hyphens", () => {
  assert.equal(fileName("csv", "five", "Preguntas: ../Ñandú · Primavera"), "five-preguntas-nandu-primavera.csv");
  assert.equal(fileName("xlsx", "…"), "table.xlsx");
  const school = "Escuela Preparatoria Comunitaria de las Artes y las Ciencias del Distrito Escolar Norte";
  const [one, other] = ["Questions", "Groups"].map((page) => fileName("png", "five", school, page));
  assert.notEqual(one, other);
  assert.ok(one?.startsWith("five-escuela-preparatoria-") && one.endsWith("-questions.png") && one.length <= 84);
});
