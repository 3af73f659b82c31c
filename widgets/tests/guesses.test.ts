import assert from "node:assert/strict";
import { test } from "node:test";
import { besideSentence, glanceSentences, guessable, guessedOf, standingOut, surpriseOf } from "../core/guesses";
import type { Unit } from "../schema/view";
import { chosenCard } from "../core/next";
import { EMPTY_CARD } from "../core/team";
import { monthInWords } from "../core/text";
import { sample, sceneFor, told } from "./fixture";

const share = (percent: number, low: number, high: number) => ({ percent, low, high });

test("a guess inside the interval, or of the same words, is as guessed", () => {
  assert.equal(surpriseOf(share(76, 69, 82), 8), "asGuessed");
  assert.equal(surpriseOf(share(76, 69, 82), 7), "asGuessed");
  assert.equal(surpriseOf(share(76, 69, 82), 6), "higher");
  assert.equal(surpriseOf(share(76, 69, 82), 9), "lower");
  // 78 is "about 8 in 10" though 80 is past the interval.
  assert.equal(surpriseOf(share(78, 77, 79), 8), "asGuessed");
  assert.equal(surpriseOf(share(42, 34, 50), 5), "asGuessed");
});

test("a coded end is open", () => {
  const top = { ...share(95, 95, 95), coded: "top" } as const;
  const bottom = { ...share(5, 5, 5), coded: "bottom" } as const;
  assert.deepEqual(
    [10, 9].map((guess) => surpriseOf(top, guess)),
    ["asGuessed", "higher"],
  );
  assert.deepEqual(
    [0, 1].map((guess) => surpriseOf(bottom, guess)),
    ["asGuessed", "lower"],
  );
  assert.equal(surpriseOf(share(90, 80, 95), 10), "asGuessed");
});

test("strengths come first, and in each the farthest off", () => {
  const guesses = { express_care: 2, challenge_growth: 3, provide_support: 6, share_power: 9 };
  const scene = sceneFor({ unit: "sierra-norte" }, { guesses });
  assert.deepEqual(
    (["higher", "lower", "asGuessed"] as const).map((kind) => guessedOf(scene, kind).map(({ cell }) => cell.id)),
    [["express_care", "challenge_growth"], ["share_power"], ["provide_support"]],
  );
  const rest = guessable(scene.unit, scene.view).filter(({ id }) => !(id in guesses));
  assert.deepEqual(
    guessedOf(scene, "notGuessed").map(({ cell }) => cell.id),
    rest.map(({ id }) => id),
    "without a guess the order of the questions stays",
  );
});

test("about ten are guessed: each scale, and its first questions", () => {
  const asked = (unit: string, view = sample()): string[] => {
    const scene = sceneFor({ unit }, {}, view);
    return guessable(scene.unit, scene.view).map(({ id }) => id);
  };
  const view = sample();
  const shown = (id: string): string[] => {
    const unit = view.units.find((one) => one.id === id)!;
    return [
      ...unit.scales.flatMap(({ scale, share }) => (share ? scale : [])),
      ...unit.items.flatMap(({ item, share }) => (share ? `item ${item}` : [])),
    ];
  };
  for (const { id } of view.units) {
    const found = asked(id);
    assert.ok(found.length <= 10 && found.every((one) => shown(id).includes(one)), id);
    for (const { scale, share } of view.units.find((one) => one.id === id)!.scales) {
      assert.equal(found.includes(scale), Boolean(share), "every scale that has a share");
    }
  }
  assert.deepEqual(asked("sierra-norte").slice(0, 3), [
    "express_care",
    `item ${view.items[0]!.id}`,
    "challenge_growth",
  ]);
  const many = Array.from({ length: 12 }, (_, k) => ({ ...view.scales[0]!, id: `s${k}` }));
  const cell = view.units[0]!.scales.find(({ share }) => share)!;
  const wide = {
    ...view,
    scales: many,
    units: [{ ...view.units[0]!, scales: many.map(({ id }) => ({ ...cell, scale: id })) }],
  };
  assert.equal(asked(view.units[0]!.id, wide).length, 10);
});

test("the sentence does not contradict itself", () => {
  const of = (guess: number, language = "en", reach: Unit["reach"] = "nearly"): string => {
    const scene = sceneFor({ unit: "sierra-norte" }, { guesses: { express_care: guess } });
    const [only] = guessedOf(scene, "higher", "lower", "asGuessed");
    assert.ok(only);
    return besideSentence({ ...scene.unit, ...(reach && { reach }) }, only, language);
  };
  assert.equal(of(3), "Guessed 3 in 10; about 8 in 10 students say so (between 6 and 9).");
  assert.equal(of(3, "es"), "Pensábamos en 3 de cada 10; respondieron así: unos 8 de cada 10 (entre 6 y 9).");
  // Outward tenths would hold the guess: whole percents are said.
  assert.equal(of(6), "Guessed 6 in 10; about 8 in 10 students say so (between 69 and 82 percent).");
  // Where part of those asked did not answer it is said; where most did not, no number is.
  assert.equal(
    of(3, "en", "some"),
    "Guessed 3 in 10; of the students who answered, about 8 in 10 say so (between 6 and 9).",
  );
  assert.equal(of(3, "en", "half"), "Guessed 3 in 10; of the students who answered (less than half), more say so.");
  assert.doesNotMatch(of(9, "es", "half").replace("9 de cada 10", ""), /\d/);
});

test("the first page says the biggest surprise only where no scale stands out", () => {
  const view = sample();
  const none = { en: "We cannot single out one scale: each has its own line below.", es: "x" };
  const shown = { en: "We cannot single out one of the scales that are shown here.", es: "x" };
  const first: Record<string, typeof none> = { all: none, "paper-lantern": shown };
  const units = view.units.map((unit) => {
    const own = first[unit.id];
    return own ? { ...unit, say: [own, ...unit.say.slice(1)] } : unit;
  });
  const fresh = { ...view, units };
  const guesses = { express_care: 8, share_power: 9, provide_support: 2 };
  const said = (unit: string, guess: Record<string, number>): (string | undefined)[] =>
    glanceSentences(sceneFor({ unit }, { guesses: guess }, fresh)).map((text) => text["en"]);
  const original = (id: string): (string | undefined)[] =>
    units.find((unit) => unit.id === id)?.say.map((text) => text["en"]) ?? [];
  assert.equal(
    said("all", guesses)[0],
    "The biggest surprise is Share power. Guessed 9 in 10; about 4 in 10 students say so (between 3 and 5).",
  );
  assert.deepEqual(said("all", guesses).slice(1), original("all").slice(1));
  assert.match(said("paper-lantern", guesses)[0] ?? "", /^The biggest surprise is /);
  assert.deepEqual(said("all", { express_care: 8 }), original("all"), "nothing surprised");
  assert.deepEqual(said("sierra-norte", guesses), original("sierra-norte"));
});

test("scales stand out by clear differences and changes, then by surprises", () => {
  assert.deepEqual(standingOut(sceneFor({ unit: "sierra-norte" })), ["express_care", "share_power"]);
  const scene = sceneFor({ unit: "sierra-norte-otter" }, { guesses: { provide_support: 1 } });
  assert.deepEqual(standingOut(scene), ["provide_support"]);
  assert.deepEqual(standingOut(sceneFor({ unit: "sierra-norte" }, {}, told())), ["express_care", "share_power"]);
});

test("a scale that is only named in a sentence, or may differ, does not stand out", () => {
  const view = sample();
  const say = [{ en: "Share power: it may be lower in a group than for other students. Challenge growth, too." }];
  const units = view.units.map((unit) => (unit.id === "sierra-norte-otter" ? { ...unit, say } : unit));
  assert.deepEqual(standingOut(sceneFor({ unit: "sierra-norte-otter" }, {}, { ...view, units })), []);
  assert.deepEqual(standingOut(sceneFor({ unit: "all" })), []);
});

test("choosing fills what is empty or was filled by a choice, and nothing else", () => {
  const text = (en: string) => ({ en });
  const strategy = (id: string, scales: string[]) => ({
    id,
    title: text(id),
    scales,
    what: text(`what ${id}`),
    steps: [],
    look_at: text(`look ${id}`),
    source: text("x"),
  });
  const a = strategy("a", ["challenge_growth", "share_power"]);
  const b = strategy("b", []);
  const view = { ...sample(), strategies: [a, b] };
  const scene = sceneFor({ unit: "sierra-norte", page: "next" }, {}, view);
  const first = chosenCard(scene, a);
  assert.deepEqual(first, {
    ...EMPTY_CARD,
    strategy: "a",
    scale: "share_power",
    trying: "a: what a",
    looking_at: "look a",
  });
  const second = chosenCard({ ...scene, meeting: { ...scene.meeting, card: { ...first, looking_at: "own" } } }, b);
  assert.deepEqual([second.trying, second.looking_at, second.scale], ["b: what b", "own", "share_power"]);
});

test("a month is told with its year only where it could be mistaken", () => {
  assert.equal(monthInWords("2026-10-08", "2026-11-30", "en"), "October");
  assert.equal(monthInWords("2025-12-01", "2026-11-30", "es"), "diciembre");
  assert.equal(monthInWords("2025-11-30", "2026-11-30", "en"), "November 2025");
  assert.equal(monthInWords("soon", "2026-11-30", "en"), "soon");
});
