/** Guesses beside answers: which are surprises, and how to say so. */

import type { Share, Text, Unit, View } from "../schema/view";
import type { Scene } from "./scene";
import { capital, inLanguage } from "./text";
import { stringsFor } from "./strings";

/** More sliders than this take longer than a meeting has. */
const MOST = 10;

export interface Shown {
  /** What the guess is kept under: a scale, or `item` and a question. */
  id: string;
  /** A question's words; none of a scale. */
  text?: Text;
  scale: string;
  share: Share;
  words: Text;
  range?: Text | null;
}

/** What of a unit has a share to guess: of each scale itself and its first questions, as many as there is time for. */
export function guessable(unit: Unit, { scales, items }: View): Shown[] {
  const all = [
    ...unit.scales.map((cell) => ({ ...cell, id: cell.scale })),
    ...items.map((item) => ({
      ...item,
      ...unit.items.find((cell) => cell.item === item.id),
      id: `item ${item.id}`,
    })),
  ].filter((cell) => cell.share) as Shown[];
  const each = Math.max(1, Math.floor(MOST / scales.length));
  return scales.flatMap(({ id }) => all.filter(({ scale }) => scale === id).slice(0, each)).slice(0, MOST);
}

/** What came of a guess; each is said by the string of that name. */
export const KINDS = ["higher", "lower", "asGuessed", "notGuessed"] as const;

export type Surprise = (typeof KINDS)[number];

/** Where the share could be, in percents. An end at 5 or 95 is coded, and stands for all beyond it. */
function interval({ low, high }: Share): [number, number] {
  return [low <= 5 ? 0 : low, high >= 95 ? 100 : high];
}

/** The answer beside the guess. Whatever the interval leaves open, or is said by the same words, is as guessed. */
export function surpriseOf(share: Share, guess: number): Surprise {
  const [low, high] = interval(share);
  const at = 10 * guess;
  const sameWords = !share.coded && Math.floor(share.percent / 10 + 0.5) === guess;
  if (sameWords || (at >= low && at <= high)) return "asGuessed";
  return at < low ? "higher" : "lower";
}

export interface Guessed {
  cell: Shown;
  guess: number | undefined;
  surprise: Surprise;
}

/** The answers of which one of these came, the farthest off first. */
export function guessedOf({ unit, view, meeting }: Scene, ...kinds: Surprise[]): Guessed[] {
  return guessable(unit, view)
    .map((cell): Guessed => {
      const guess = meeting.guesses[cell.id];
      return { cell, guess, surprise: guess === undefined ? "notGuessed" : surpriseOf(cell.share, guess) };
    })
    .filter(({ surprise }) => kinds.includes(surprise))
    .sort((a, b) => off(b) - off(a));
}

/** Not a number without a guess: then in the order in which they were asked. */
function off({ cell, guess }: Guessed): number {
  return Math.abs(cell.share.percent - 10 * Number(guess));
}

/** The scales guessed wrong, the farthest off first. */
function surprising(scene: Scene): Guessed[] {
  return guessedOf(scene, "higher", "lower").filter(({ cell }) => !cell.text);
}

/** "Guessed 4 in 10; about 7 in 10 students say so (between 6 and 8)." */
export function besideSentence(
  { reach }: Unit,
  { cell, guess, surprise }: Guessed,
  language: string,
  subject: View["subject"] = "answers",
): string {
  const words = stringsFor(language, subject);
  const { low, high, coded } = cell.share;
  if (guess === undefined) {
    const range = inLanguage(cell.range, language);
    return `${capital(inLanguage(cell.words, language), language)}${range && ` (${range})`}.`;
  }
  if (reach === "half") return words.besideHalf(words.guessed(guess), surprise);
  // Tenths are rounded outward: where they would seem to hold the guess after all, whole percents are said.
  const seems = surprise !== "asGuessed" && guess >= Math.floor(low / 10) && guess <= Math.ceil(high / 10);
  const range = seems && !coded ? words.betweenPercent(low, high) : inLanguage(cell.range, language);
  const given = [words.guessed(guess), inLanguage(cell.words, language), range] as const;
  return reach === "some" ? words.besideSome(...given) : words.beside(...given, coded != null);
}

/** The first page's sentences; where no scale stands out, the biggest surprise does. */
export function glanceSentences(scene: Scene): readonly Text[] {
  const { say } = scene.unit;
  const [first] = surprising(scene);
  if (first === undefined) return say;
  const { languages, subject } = scene.view;
  const surprise = (): Text =>
    Object.fromEntries(
      languages.map((language) => {
        const beside = besideSentence(scene.unit, first, language, subject);
        return [language, stringsFor(language, subject).biggest(titleOf(scene.view, first.cell, language), beside)];
      }),
    );
  return say.map((text) => (scene.say(text).startsWith(scene.words.noneStandsOut) ? surprise() : text));
}

/** What a scale is called, or a question in its words. */
export function titleOf({ scales }: View, { text, scale }: Shown, language: string): string {
  return inLanguage(text ?? scales.find(({ id }) => id === scale)?.title, language);
}

/** The scales that stand out: beside other schools or the rest, in what changed, between groups, in surprises. */
export function standingOut(scene: Scene): string[] {
  const { change, groups, scales } = scene.unit;
  const rows = groups.flatMap((table) => table.rows ?? []);
  const clear = [...scales, ...(change?.cells ?? []), ...rows.flatMap(({ cells }) => cells)].filter(
    ({ verdict }) => verdict === "clear",
  );
  const surprises = surprising(scene).map(({ cell }) => cell);
  return [...new Set([...clear, ...surprises].map(({ scale }) => scale))];
}
