/** Guesses beside answers: which are surprises, and how to say so. */

import type { ScaleCell, Share, Text, Unit, View } from "../schema/view";
import type { Scene } from "./scene";
import { inLanguage } from "./text";
import { stringsFor } from "./strings";

/** More sliders than this take longer than a meeting has. */
const MOST = 10;

export type Shown = ScaleCell & { share: Share };

/** The scales of a unit that have a share to guess. */
export function guessable(unit: Unit): Shown[] {
  return unit.scales.filter((cell): cell is Shown => cell.share != null).slice(0, MOST);
}

export type Surprise = "higher" | "lower" | "as";

/** Where the share could be, in percents. An end at 5 or 95 is coded, and stands for all beyond it. */
function interval({ low, high }: Share): [number, number] {
  return [low <= 5 ? 0 : low, high >= 95 ? 100 : high];
}

/** The answer beside the guess. Whatever the interval leaves open, or is said by the same words, is as guessed. */
export function surpriseOf(share: Share, guess: number): Surprise {
  const [low, high] = interval(share);
  const at = 10 * guess;
  const sameWords = !share.coded && Math.floor(share.percent / 10 + 0.5) === guess;
  if (sameWords || (at >= low && at <= high)) return "as";
  return at < low ? "higher" : "lower";
}

export interface Guessed {
  cell: Shown;
  guess: number;
  surprise: Surprise;
}

/** The guesses by what came of them, in each the farthest off first. */
export function guessedOf(scene: Scene): Record<Surprise, Guessed[]> {
  const guessed = guessable(scene.unit).flatMap((cell) => {
    const guess = scene.meeting.guesses[cell.scale];
    return guess === undefined ? [] : [{ cell, guess, surprise: surpriseOf(cell.share, guess) }];
  });
  guessed.sort((a, b) => off(b) - off(a));
  const of = (surprise: Surprise): Guessed[] => guessed.filter((entry) => entry.surprise === surprise);
  return { higher: of("higher"), lower: of("lower"), as: of("as") };
}

function off({ cell, guess }: Guessed): number {
  return Math.abs(cell.share.percent - 10 * guess);
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
  if (reach === "half") return words.besideHalf(words.guessed(guess), surprise);
  // Tenths are rounded outward: where they would seem to hold the guess after all, whole percents are said.
  const seems = surprise !== "as" && guess >= Math.floor(low / 10) && guess <= Math.ceil(high / 10);
  const range = seems && !coded ? words.betweenPercent(low, high) : inLanguage(cell.range, language);
  const given = [words.guessed(guess), inLanguage(cell.words, language), range] as const;
  return reach === "some" ? words.besideSome(...given) : words.beside(...given, coded != null);
}

/** The first page's sentences; where no scale stands out, the biggest surprise does. */
export function glanceSentences(scene: Scene): readonly Text[] {
  const { say } = scene.unit;
  const { higher, lower } = guessedOf(scene);
  const [first] = [...higher, ...lower].sort((a, b) => off(b) - off(a));
  if (first === undefined) return say;
  const { languages, subject } = scene.view;
  const surprise = (): Text =>
    Object.fromEntries(
      languages.map((language) => {
        const title = scene.view.scales.find(({ id }) => id === first.cell.scale)?.title;
        const scale = inLanguage(title, language) || first.cell.scale;
        const beside = besideSentence(scene.unit, first, language, subject);
        return [language, stringsFor(language, subject).biggest(scale, beside)];
      }),
    );
  return say.map((text) => (scene.say(text).startsWith(scene.words.noneStandsOut) ? surprise() : text));
}

/** The scales that stand out: beside other schools or the rest, in what changed, between groups, in surprises. */
export function standingOut(scene: Scene): string[] {
  const { change, groups, scales } = scene.unit;
  const rows = groups.flatMap((table) => table.rows ?? []);
  const clear = [...scales, ...(change?.cells ?? []), ...rows.flatMap(({ cells }) => cells)].filter(
    ({ verdict }) => verdict === "clear",
  );
  const { higher, lower } = guessedOf(scene);
  const surprises = [...higher, ...lower].map(({ cell }) => cell);
  return [...new Set([...clear, ...surprises].map(({ scale }) => scale))];
}
