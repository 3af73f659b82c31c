/** The tables behind the pictures: the same words and whole percents, as rows. */

import type { Section, Share } from "../schema/view";
import type { PageId, Strings } from "./strings";
import { blocksOf } from "./asked";
import { openTable, variableTitle } from "./groups";
import { pageTitle, type Scene, scaleTitle, titleOf } from "./scene";
import type { Cell, Table } from "./spreadsheet";
import { practicesTable, triedTable, weeksTable } from "./tables-marks";
import { capital, dayInWords } from "./text";

const text = (label: string): Table["columns"][number] => ({ label, numeric: false });
const number = (label: string): Table["columns"][number] => ({ label, numeric: true });

/** Percent, from, to. A share that is not shown exactly has words and no interval. */
function shareCells(share: Share | null | undefined, words: Strings): Cell[] {
  if (!share) return [null, null, null];
  if (share.coded) return [share.coded === "top" ? words.orMore : words.orLess, null, null];
  return [share.percent, share.low, share.high];
}

function shareColumns(words: Strings): Table["columns"] {
  return [number(words.column.percent), number(words.column.low), number(words.column.high)];
}

/** The tables of a page, in the order of the page. */
export function tablesOf(scene: Scene, page: PageId): Table[] {
  switch (page) {
    case "glance":
      return [glanceTable(scene)];
    case "questions":
      return [questionsTable(scene)].filter((table) => table.rows.length > 0);
    case "groups":
      return groupsTable(scene);
    case "change":
      return changeTable(scene);
    case "weeks":
      return (scene.unit.weeks ?? []).map((run) =>
        weeksTable(scene, run, captionOf(scene, "weeks", scene.say(run.title))),
      );
    case "practices":
      return [practicesTable(scene, captionOf(scene, "practices"))];
    case "try":
      return [triedTable(scene, captionOf(scene, "try"))];
    case "about":
      return aboutTables(scene);
    default:
      return [];
  }
}

/** Whether a page has tables, without making them. */
export function hasTables(scene: Scene, page: PageId): boolean {
  switch (page) {
    case "glance":
    case "about":
    case "change":
    case "weeks":
    case "practices":
    case "try":
      return true;
    case "questions":
      return blocksOf(scene).length > 0;
    case "groups":
      return (openTable(scene)?.rows ?? []).length > 0;
    default:
      return false;
  }
}

function captionOf(scene: Scene, page: PageId, ...more: string[]): string {
  const parts = [scene.words.tableOf(pageTitle(scene, page), titleOf(scene)), ...more];
  return [...parts, ...(scene.view.simulated ? [scene.words.simulated] : [])].join(" · ");
}

function glanceTable(scene: Scene): Table {
  const { unit, words } = scene;
  const { guesses } = scene.meeting;
  const kinds = [...new Set(unit.scales.flatMap((cell) => (cell.reference ? [cell.reference.kind] : [])))];
  const guessed = unit.scales.some((cell) => guesses[cell.scale] !== undefined);
  return {
    caption: captionOf(scene, "glance"),
    headers: 1,
    columns: [
      text(words.column.scale),
      text(words.column.words),
      text(words.column.range),
      ...shareColumns(words),
      ...kinds.map((kind) => number(words.percentOf(words.reference[kind]))),
      ...(guessed ? [text(capital(words.keyGuess, scene.state.language))] : []),
    ],
    rows: unit.scales.map((cell) => [
      scaleTitle(scene, cell.scale),
      scene.say(cell.words),
      scene.say(cell.range),
      ...shareCells(cell.share, words),
      ...kinds.map((kind) => (cell.reference?.kind === kind ? cell.reference.percent : null)),
      ...(guessed ? [guessCell(scene, cell.scale)] : []),
    ]),
  };
}

function guessCell({ meeting, words }: Scene, scale: string): Cell {
  const guess = meeting.guesses[scale];
  return guess === undefined ? null : words.guessed(guess);
}

function questionsTable(scene: Scene): Table {
  const { view, unit, words } = scene;
  // Questions may have different answers: one column for each answer that occurs, in order of first appearance.
  const answers = [...new Set(unit.items.flatMap((cell) => (cell.parts ?? []).map((part) => scene.say(part.label))))];
  const apart = unit.items.some((cell) => cell.not_counted != null);
  return {
    caption: captionOf(scene, "questions"),
    headers: 2,
    columns: [
      text(words.column.scale),
      text(words.column.question),
      text(words.column.words),
      text(words.column.range),
      ...shareColumns(words),
      ...answers.map((answer) => number(words.percentOf(answer))),
      ...(apart ? [number(words.percentOf(scene.say(view.not_counted)))] : []),
    ],
    rows: blocksOf(scene)
      .flatMap((block) => block.questions)
      .map(({ item, cell }) => [
        item.scale ? scaleTitle(scene, item.scale) : "",
        scene.say(item.text),
        scene.say(cell.words),
        scene.say(cell.range),
        ...shareCells(cell.share, words),
        ...answers.map((answer) => cell.parts?.find((part) => scene.say(part.label) === answer)?.percent ?? null),
        ...(apart ? [cell.not_counted ?? null] : []),
      ]),
  };
}

function groupsTable(scene: Scene): Table[] {
  const { words } = scene;
  const open = openTable(scene);
  const rows = open?.rows ?? [];
  if (open === null || rows.length === 0) return [];
  return [
    {
      caption: captionOf(scene, "groups", variableTitle(scene, open.variable)),
      headers: 2,
      columns: [
        text(words.column.scale),
        text(words.column.group),
        text(words.column.students),
        text(words.column.words),
        text(words.column.range),
        ...shareColumns(words),
        text(words.column.compared),
      ],
      rows: scene.unit.scales.flatMap(({ scale }) =>
        rows.flatMap((row) =>
          row.cells
            .filter((cell) => cell.scale === scale)
            .map((cell) => [
              scaleTitle(scene, scale),
              scene.say(row.label),
              scene.say(row.students),
              scene.say(cell.words),
              scene.say(cell.range),
              ...shareCells(cell.share, words),
              scene.say(cell.sentence) || (cell.verdict ? words.verdict[cell.verdict] : ""),
            ]),
        ),
      ),
    },
  ];
}

function changeTable(scene: Scene): Table[] {
  const { words, unit } = scene;
  if (!unit.change) return [];
  const shares = shareColumns(words);
  return [
    {
      caption: captionOf(scene, "change"),
      headers: 1,
      columns: [
        text(words.column.scale),
        text(words.column.words),
        ...shares.map((column) => ({ ...column, label: words.thenOf(column.label) })),
        ...shares.map((column) => ({ ...column, label: words.nowOf(column.label) })),
        text(words.changeOf),
      ],
      rows: unit.change.cells.map((cell) => [
        scaleTitle(scene, cell.scale),
        scene.say(cell.words),
        ...shareCells(cell.before, words),
        ...shareCells(cell.now, words),
        scene.say(cell.sentence) ||
          (cell.verdict && cell.verdict !== "too_few" ? words.changeVerdict[cell.verdict] : ""),
      ]),
    },
  ];
}

/** What the gate proved. */
function certificateTable(scene: Scene): Table[] {
  const { words, view } = scene;
  const { certificate } = view.provenance;
  if (!certificate) return [];
  const name = words.certificate;
  const { narrowest } = certificate;
  return [
    {
      caption: words.certificateTitle,
      headers: 1,
      columns: [text(words.fact), text(words.value)],
      rows: [
        [name.min_n, words.students(certificate.min_n)],
        [name.width, words.points(certificate.width)],
        ...(narrowest == null ? [] : [[name.narrowest, words.points(narrowest)]]),
        [name.tables_shown, String(certificate.tables_shown)],
        [name.tables_hidden, String(certificate.tables_hidden)],
        [name.groups_shown, String(certificate.groups_shown)],
        [name.groups_hidden, String(certificate.groups_hidden)],
        [name.figures_withheld, String(certificate.figures_withheld)],
        [name.methods, certificate.methods.map((method) => words.methods[method]).join("; ")],
        [name.package, `relsurvey ${certificate.package}`],
      ],
    },
  ];
}

/** For whom, by whom and when, and where the numbers come from. */
function provenanceTable(scene: Scene): Table {
  const { words, view } = scene;
  const { provenance } = view;
  const name = words.provenance;
  return {
    caption: words.provenanceTitle,
    headers: 1,
    columns: [text(words.fact), text(words.value)],
    rows: [
      [words.audience, scene.say(view.audience)],
      [words.publisher, scene.say(view.publisher)],
      [name.made, dayInWords(view.made, scene.state.language)],
      [name.instrument, `${provenance.instrument} ${provenance.instrument_version}`],
      [words.license, scene.say(view.license)],
      [name.min_n, words.students(provenance.settings.min_n)],
      [name.same_within, words.points(provenance.settings.same_within)],
      [name.package, provenance.package],
      [name.instrument_sha256, provenance.instrument_sha256],
      ...provenance.input_sha256.map((sum) => [name.input_sha256, sum]),
    ],
  };
}

/** The table of a section of *About these numbers*, if it has one. */
export function sectionTable(scene: Scene, { title, head = [], rows = [] }: Section): Table | null {
  if (rows.length === 0) return null;
  return {
    caption: scene.say(title),
    headers: 1,
    columns: head.map((label) => text(scene.say(label))),
    rows: rows.map((cells) => cells.map((cell) => scene.say(cell))),
  };
}

function aboutTables(scene: Scene): Table[] {
  const { view, words } = scene;
  // A view that says itself how its scales can be read has a section for it.
  const said = view.about.some((section) => (section.rows ?? []).length > 0);
  const tables: Table[] = [
    {
      caption: words.scalesTitle,
      headers: 1,
      columns: [text(words.column.scale), text(words.column.reading), text(words.column.note)],
      rows: (said ? [] : view.scales).map((scale) => [
        scene.say(scale.title),
        words.reading[scale.reading],
        scene.say(scale.note),
      ]),
    },
    {
      caption: words.ledgerTitle,
      headers: 0,
      columns: [text(words.column.what), text(words.column.why)],
      rows: view.ledger.map((step) => [scene.say(step.what), scene.say(step.why)]),
    },
    ...certificateTable(scene),
    provenanceTable(scene),
  ];
  return tables.filter((table) => table.rows.length > 0);
}
