import assert from "node:assert/strict";
import { test } from "node:test";
import { unitOf } from "../core/address";
import { stringsFor } from "../core/strings";
import { isoDay, LARGEST_FILE, LONGEST, type Meeting, NEW_MEETING, opened, TeamError, teamFile } from "../core/team";
import { sample } from "./fixture";

const view = sample();
const unit = unitOf(view, "sierra-norte");
const written: Meeting = {
  ...NEW_MEETING,
  guesses: { express_care: 0, share_power: 10 },
  surprise: "¿Qué? \u{1F642}\n<b>",
  card: {
    scale: "share_power",
    strategy: "two_by_ten",
    noticed: "=1+1",
    trying: "two\nlines",
    who: "all",
    by_when: "May",
    looking_at: "",
  },
};
const saved = (): Record<string, unknown> => structuredClone({ ...teamFile(view, unit, written, "2026-11-30") });
const text = (change: (file: Record<string, unknown>) => void): string => {
  const file = saved();
  change(file);
  return JSON.stringify(file);
};

/** The problem and place that opening a text comes to. */
function complaint(content: string): string {
  try {
    opened(content, view, unit, NEW_MEETING);
  } catch (error) {
    assert.ok(error instanceof TeamError);
    return `${error.problem} ${error.detail}`.trim();
  }
  return "none";
}

test("what was saved comes back, and what was there before can be had again", () => {
  const now = { ...NEW_MEETING, surprise: "typed since", shown: true };
  const { before, shown, ...back } = opened(JSON.stringify(saved()), view, unit, now);
  assert.equal(before, now);
  assert.equal(shown, false, "the answers wait for the button again");
  assert.deepEqual(back.guesses, written.guesses);
  assert.deepEqual(back.card, written.card);
  assert.equal(back.surprise, written.surprise);
});

test("a file of an earlier survey is an earlier card, and nothing of now is touched", () => {
  const earlier = text((file) => {
    file["view"] = "five-elements-fall";
    file["made"] = "2026-10-08";
    file["wave"] = { en: "Fall", es: "Otoño" };
  });
  const now = { ...NEW_MEETING, guesses: { express_care: 4 } };
  const after = opened(earlier, view, unit, now);
  assert.deepEqual(after.earlier, { ...written.card, made: "2026-10-08", wave: { en: "Fall", es: "Otoño" } });
  assert.deepEqual([after.guesses, after.card], [now.guesses, now.card]);
});

test("a file of another unit or of a later survey is refused in words", () => {
  const otter = unitOf(view, "sierra-norte-otter").title;
  assert.equal(complaint(text((file) => (file["title"] = otter))), "otherUnit sierra-norte-otter");
  assert.equal(complaint(text((file) => (file["title"] = { en: "<img src=x>" }))), "otherUnit", "it is not echoed");
  assert.equal(complaint(text((file) => (file["unit"] = "sierra-norte-otter"))), "none", "the title says whose it is");
  assert.equal(
    complaint(
      text((file) => {
        file["view"] = "five-elements-next";
        file["made"] = "2027-05-01";
      }),
    ),
    "later",
  );
});

test("a file about another instrument is refused, whatever its wave and unit", () => {
  for (const id of ["roots-fall", "roots", "five", "five-elementsfall"]) {
    assert.equal(complaint(text((file) => (file["view"] = id))), "otherView", id);
  }
  for (const id of ["five-elements", "five-elements-fall-sierra-norte"]) {
    const file = text((data) => Object.assign(data, { view: id, made: "2026-10-08" }));
    assert.notEqual(opened(file, view, unit, NEW_MEETING).earlier, null, id);
  }
});

test("scales that a view does not have are left out", () => {
  const file = text((data) => {
    data["guesses"] = { express_care: 3, gone: 4, ["__proto__"]: 5, constructor: 6 };
    (data["card"] as Record<string, unknown>)["scale"] = "gone";
  });
  const { guesses, card } = opened(file, view, unit, NEW_MEETING);
  assert.deepEqual(Object.entries(guesses), [["express_care", 3]]);
  assert.equal(card.scale, null);
});

test("hostile files are refused, each with its place", () => {
  const card = (key: string, value: unknown): string =>
    complaint(text((file) => ((file["card"] as Record<string, unknown>)[key] = value)));
  const top = (key: string, value: unknown): string => complaint(text((file) => (file[key] = value)));
  for (const wrong of ["", "{", "[]", "null", "7", '"relsurvey-team"', "{}", '{"kind":"relsurvey-team"']) {
    assert.equal(complaint(wrong), "notTeam", wrong);
  }
  assert.equal(complaint("x".repeat(LARGEST_FILE + 1)), "tooLarge");
  assert.equal(top("kind", "relsurvey"), "notTeam");
  assert.equal(top("format", 2), "format");
  assert.equal(top("more", 1), "damaged more");
  assert.equal(
    complaint(JSON.stringify(saved()).replace('"format":1,', '"format":1,"__proto__":{},')),
    "damaged __proto__",
  );
  assert.equal(top("made", "2026-02-30"), "damaged made");
  assert.equal(top("made", "yesterday"), "damaged made");
  assert.equal(top("made", "2026-1-1"), "damaged made");
  assert.equal(top("title", undefined), "damaged title");
  assert.equal(top("title", { en: 5 }), "damaged title.en");
  assert.equal(top("wave", { "<b>": "x" }), "damaged wave");
  assert.equal(top("wave", { en: 5 }), "damaged wave.en");
  assert.equal(top("guesses", []), "damaged guesses");
  for (const guess of [11, -1, 2.5, "3", null, true, Number.MAX_VALUE]) {
    assert.equal(top("guesses", { express_care: guess }), "damaged guesses.express_care");
  }
  assert.equal(top("guesses", Object.fromEntries([...Array(300).keys()].map((k) => [k, 1]))), "damaged guesses");
  assert.equal(top("surprise", "x".repeat(LONGEST.surprise + 1)), "damaged surprise");
  assert.equal(top("card", null), "damaged card");
  assert.equal(card("extra", ""), "damaged card.extra");
  assert.equal(card("who", "x".repeat(LONGEST.who + 1)), "damaged card.who");
  assert.equal(card("who", ["x"]), "damaged card.who");
  assert.equal(card("strategy", 3), "damaged card.strategy");
});

test("no character can hide or turn around what follows", () => {
  const file = text((data) => (data["surprise"] = "a\u202eb\u0000c\u0007d\u2066e\r\nf\tg\u200dh"));
  assert.equal(opened(file, view, unit, NEW_MEETING).surprise, "abcde\nf\tg\u200dh");
});

test("the longest words of a team fit into a file that can be opened again", () => {
  const long = (key: keyof typeof LONGEST): string => "ñ".repeat(LONGEST[key]);
  const card = { ...written.card, noticed: long("noticed"), trying: long("trying"), looking_at: long("looking_at") };
  const guesses = Object.fromEntries(view.scales.map(({ id }) => [id, 5]));
  const meeting = { ...written, guesses, surprise: long("surprise"), card: { ...card, who: long("who") } };
  const file = JSON.stringify(teamFile(view, unit, meeting, "2026-11-30"), null, 1);
  assert.ok(new TextEncoder().encode(file).length < LARGEST_FILE / 2);
  assert.deepEqual(opened(file, view, unit, NEW_MEETING).card, meeting.card);
});

test("each problem is one sentence in each language, and speaks to nobody in person", () => {
  for (const language of ["en", "es"]) {
    for (const say of Object.values(stringsFor(language).fileProblem)) {
      assert.match(say("x"), /^[^.]+(our-next-step\.json)?\.$/);
      assert.doesNotMatch(say("x"), /\b(you|your|usted|tú|tu)\b/i);
    }
  }
});

test("a day is the reader's own", () => {
  assert.equal(isoDay(new Date(2026, 0, 5, 23, 59)), "2026-01-05");
});
