/** What a team makes of a view: guesses and a card. They live in the page, and in a file that the team saves itself. */

import type { Card as EarlierCard, Text, Unit, View } from "../schema/view";
import type { CardField } from "./strings-meeting";

export interface Card extends Record<CardField, string> {
  scale: string | null;
  strategy: string | null;
}

export interface Meeting {
  /** By scale: how many of 10 students. */
  guesses: Readonly<Record<string, number>>;
  surprise: string;
  /** Whether the answers stand beside the guesses. */
  shown: boolean;
  card: Card;
  /** The card of an earlier survey, from the team's own file. */
  earlier: EarlierCard | null;
  /** What there was before the last step that wrote over it. */
  before: Meeting | null;
  /** Whether words were written that are in no file yet. */
  unsaved: boolean;
}

export interface TeamFile {
  format: 1;
  kind: "relsurvey-team";
  view: string;
  unit: string;
  title: Text;
  wave: Text | null;
  /** The day, ISO 8601. */
  made: string;
  guesses: Record<string, number>;
  surprise: string;
  card: Card;
}

export const EMPTY_CARD: Card = {
  scale: null,
  strategy: null,
  noticed: "",
  trying: "",
  who: "",
  by_when: "",
  looking_at: "",
};

export const NEW_MEETING: Meeting = {
  guesses: {},
  surprise: "",
  shown: false,
  card: EMPTY_CARD,
  earlier: null,
  before: null,
  unsaved: false,
};

/** Characters a field may hold, on the page and in the file. */
export const LONGEST: Record<CardField | "surprise", number> = {
  noticed: 1000,
  trying: 1000,
  looking_at: 1000,
  surprise: 1000,
  who: 200,
  by_when: 200,
};

/** Bytes of the largest file that is read at all: several times what the longest fields can fill. */
export const LARGEST_FILE = 100_000;

const LONGEST_ID = 200;
const LONGEST_TITLE = 1000;
const MOST_GUESSES = 200;

export type TeamProblem = "tooLarge" | "notTeam" | "format" | "damaged" | "otherView" | "otherUnit" | "later";

/** A file that cannot be used. The page says why in one sentence. */
export class TeamError extends Error {
  constructor(
    readonly problem: TeamProblem,
    /** The place of the damage, or the id of the unit it belongs to where this view has that. */
    readonly detail = "",
  ) {
    super(problem);
  }
}

/** A day in the reader's own time, ISO 8601. */
export function isoDay(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function teamFile(view: View, unit: Unit, { guesses, surprise, card }: Meeting, made: string): TeamFile {
  return {
    format: 1,
    kind: "relsurvey-team",
    view: view.id,
    unit: unit.id,
    title: unit.title,
    wave: view.wave ?? null,
    made,
    guesses: { ...guesses },
    surprise,
    card,
  };
}

/** What a file brings into a meeting about a unit; throws a `TeamError` where it brings nothing. */
export function opened(text: string, view: View, unit: Unit, now: Meeting): Meeting {
  const file = readTeamFile(text);
  // A view is called after its instrument, and then its wave and unit.
  if (!`${file.view}-`.startsWith(`${view.provenance.instrument}-`)) throw new TeamError("otherView");
  const owner = ownerOf(file, view);
  if (owner !== unit.id) throw new TeamError("otherUnit", owner);
  const scales = new Set(view.scales.map((scale) => scale.id));
  const card = {
    ...file.card,
    scale: file.card.scale !== null && scales.has(file.card.scale) ? file.card.scale : null,
  };
  if (file.view === view.id) {
    const known = new Set([...scales, ...view.items.map(({ id }) => `item ${id}`)]);
    const guesses = Object.fromEntries(Object.entries(file.guesses).filter(([of]) => known.has(of)));
    return { ...now, guesses, surprise: file.surprise, shown: false, card, before: now, unsaved: false };
  }
  if (file.made > view.made.slice(0, 10)) throw new TeamError("later");
  return { ...now, earlier: { ...card, made: file.made, wave: file.wave }, before: now };
}

/** The unit with a file's title, of several the one with its id: an id may have been another team's in another wave. */
function ownerOf({ title, unit }: TeamFile, view: View): string {
  const named = view.units.filter((other) =>
    Object.entries(other.title).some(([language, said]) => title[language] === cleaned(said)),
  );
  return (named.length === 1 ? named[0] : named.find(({ id }) => id === unit))?.id ?? "";
}

/** Reads a file that anyone may have written: every key, type and length is checked, and nothing else is taken. */
export function readTeamFile(text: string): TeamFile {
  if (text.length > LARGEST_FILE) throw new TeamError("tooLarge");
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new TeamError("notTeam");
  }
  if (!isRecord(data) || data["kind"] !== "relsurvey-team") throw new TeamError("notTeam");
  if (data["format"] !== 1) throw new TeamError("format");
  const file: TeamFile = {
    format: 1,
    kind: "relsurvey-team",
    view: textAt(data, "view", LONGEST_ID),
    unit: textAt(data, "unit", LONGEST_ID),
    title: languagesAt(data, "title", LONGEST_TITLE),
    wave: data["wave"] === null ? null : languagesAt(data, "wave", LONGEST_ID),
    made: dayAt(data),
    guesses: guessesAt(data),
    surprise: textAt(data, "surprise", LONGEST.surprise),
    card: cardAt(data),
  };
  only(data, file, "");
  return file;
}

type Unknown = Record<string, unknown>;

function isRecord(value: unknown): value is Unknown {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function only(data: Unknown, known: object, at: string): void {
  const strange = Object.keys(data).find((key) => !Object.hasOwn(known, key));
  if (strange !== undefined) throw new TeamError("damaged", `${at}${cleaned(strange).slice(0, 40)}`);
}

function recordAt(data: Unknown, key: string): Unknown {
  const value = data[key];
  if (!isRecord(value)) throw new TeamError("damaged", key);
  return value;
}

function textAt(data: Unknown, key: string, longest: number, at = ""): string {
  const value = data[key];
  if (typeof value !== "string" || value.length > longest) throw new TeamError("damaged", at + key);
  return cleaned(value);
}

/** Text without control characters and without those that turn the direction of what follows. */
function cleaned(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, (c) => ("\n\t".includes(c) ? c : ""));
}

function dayAt(data: Unknown): string {
  const made = textAt(data, "made", 10);
  const day = new Date(`${made}T00:00:00Z`);
  // A day that there is not, such as February 30, comes out as another one.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== made) throw new TeamError("damaged", "made");
  return made;
}

function languagesAt(data: Unknown, key: string, longest: number): Text {
  const said = recordAt(data, key);
  const languages = Object.keys(said);
  if (languages.length > 20 || languages.some((language) => !/^[A-Za-z-]{2,20}$/.test(language))) {
    throw new TeamError("damaged", key);
  }
  return Object.fromEntries(languages.map((language) => [language, textAt(said, language, longest, `${key}.`)]));
}

function guessesAt(data: Unknown): Record<string, number> {
  const entries = Object.entries(recordAt(data, "guesses"));
  if (entries.length > MOST_GUESSES) throw new TeamError("damaged", "guesses");
  return Object.fromEntries(
    entries.map(([scale, guess]) => {
      if (!isGuess(guess)) throw new TeamError("damaged", `guesses.${cleaned(scale).slice(0, 40)}`);
      return [scale, guess];
    }),
  );
}

export function isGuess(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 10;
}

function cardAt(data: Unknown): Card {
  const card = recordAt(data, "card");
  only(card, EMPTY_CARD, "card.");
  const longest: Partial<Record<string, number>> = LONGEST;
  const read = Object.entries(EMPTY_CARD).map(([key, empty]) => [
    key,
    empty === null && card[key] === null ? null : textAt(card, key, longest[key] ?? LONGEST_ID, "card."),
  ]);
  return Object.fromEntries(read) as Card;
}
