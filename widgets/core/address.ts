/** Where a reader is: the state of a view, and the address that leads back to it. */

import type { GroupTable, ItemCell, Quoted, Unit, View } from "../schema/view";
import type { PageId } from "./strings";

export interface State {
  unit: string;
  page: PageId;
  language: string;
  /** The scale (Questions) or the group variable (Groups) a reader asked for. */
  part: string | null;
  /** Questions: the order, null for the instrument's own. */
  sort: Sort | null;
  /** Questions: what a reader looks for. */
  find: string;
  /** The step of the 45-minute path, from 1; null off the path. */
  path: number | null;
  /** Try: the positions of the dials, as `1-0-2`; empty where all are as now. */
  dials: string;
}

/** The orders of questions beside the instrument's own. */
export const SORTS = ["favorable", "unfavorable", "not_counted"] as const;
export type Sort = (typeof SORTS)[number];

/** What a reader looks for is no longer than this: it is in the address. */
export const LONGEST_FIND = 80;

/** Any part of a state, as it comes from an address, a menu or a trait: not yet checked. */
export type Wish = { [K in keyof State]?: State[K] | string | null | undefined };

export const PAGES: readonly PageId[] = [
  "glance",
  "questions",
  "groups",
  "change",
  "comments",
  "weeks",
  "practices",
  "try",
  "next",
  "about",
];

export function unitOf(view: View, id: string): Unit {
  const unit = view.units.find((candidate) => candidate.id === id) ?? view.units[0];
  if (unit === undefined) throw new Error("a view without units passed readView");
  return unit;
}

/** The pages that have something to say about a unit. */
export function pagesOf(unit: Unit): PageId[] {
  return PAGES.filter((page) => {
    switch (page) {
      case "questions":
        return unit.items.some(tells);
      case "groups":
        return unit.groups.some(hasContent);
      case "change":
        return unit.change?.cells.some((cell) => cell.now);
      case "comments":
        return quotesOf(unit).length > 0;
      case "weeks":
        return (unit.weeks ?? []).length > 0;
      case "practices":
        return (unit.practices ?? []).length > 0;
      case "try":
        return (unit.lab?.tried ?? []).length > 1;
      default:
        return true;
    }
  });
}

/** All places of a unit: the way in, which has no tab, and the pages. */
export function placesOf(unit: Unit): PageId[] {
  const guess = unit.scales.some((cell) => cell.share);
  return ["cover", ...(guess ? (["guess"] as const) : []), ...pagesOf(unit)];
}

/** Minutes of each page in a meeting, and the whole meeting. */
const MINUTES: Partial<Record<PageId, number>> = {
  guess: 10,
  glance: 8,
  questions: 6,
  groups: 6,
  change: 4,
  comments: 3,
  weeks: 4,
  practices: 4,
  try: 7,
  next: 8,
};
const MEETING = 45;

export interface PathStep {
  page: PageId;
  minutes: number;
  /** The minute of the meeting at which the step ends. */
  until: number;
}

/**
 * The steps of the 45-minute path; the minutes of a page that is not there go to the others, the last first. Where there
 * are more pages than minutes, the longest steps give some.
 */
export function stepsOf(unit: Unit): PathStep[] {
  const steps = placesOf(unit).flatMap((page) => {
    const minutes = MINUTES[page];
    return minutes === undefined ? [] : [{ page, minutes, until: 0 }];
  });
  const left = MEETING - steps.reduce((sum, step) => sum + step.minutes, 0);
  for (let minute = left; minute < 0; minute += 1) {
    const [longest] = [...steps].sort((a, b) => b.minutes - a.minutes);
    if (longest !== undefined) longest.minutes -= 1;
  }
  steps.reverse();
  for (let minute = 0; minute < left; minute += 1) {
    const step = steps[minute % steps.length];
    if (step !== undefined) step.minutes += 1;
  }
  steps.reverse();
  let until = 0;
  for (const step of steps) step.until = until += step.minutes;
  return steps;
}

/** The questions of which comments are shown. */
export function quotesOf(unit: Unit): Quoted[] {
  return (unit.comments ?? []).filter((quoted) => quoted.texts.length > 0);
}

/** Whether a cell says what students answered, and not only why nothing is shown. */
function tells({ share, reason }: Pick<ItemCell, "share" | "reason">): boolean {
  return Boolean(share) || reason === "words_only";
}

export function hasContent(table: GroupTable): boolean {
  return (table.rows ?? []).some((row) => row.cells.some(tells));
}

export function hasClear(table: GroupTable): boolean {
  return (table.rows ?? []).some((row) => row.cells.some((cell) => cell.verdict === "clear"));
}

/** The group variable to open with: clear findings first, then whatever is shown. */
export function firstVariable(unit: Unit): string | null {
  const shown = unit.groups.filter(hasContent);
  return (shown.find(hasClear) ?? shown[0] ?? unit.groups[0])?.variable ?? null;
}

/** The nearest state to a wish that this view can show. */
export function resolve(view: View, wish: Wish): State {
  const unit = unitOf(view, wish.unit ?? "");
  const page = placesOf(unit).find((candidate) => candidate === wish.page) ?? "glance";
  const language = view.languages.find((candidate) => candidate === wish.language) ?? view.languages[0] ?? "en";
  const parts =
    page === "groups"
      ? unit.groups.map((table) => table.variable)
      : page === "questions" || page === "next"
        ? view.scales.map((scale) => scale.id)
        : [];
  const part = parts.find((candidate) => candidate === wish.part) ?? null;
  const asked = page === "questions";
  const sort = (asked && SORTS.find((candidate) => candidate === wish.sort)) || null;
  const find = asked ? (wish.find ?? "").slice(0, LONGEST_FIND) : "";
  const step = Number(wish.path ?? 0);
  const path = Number.isInteger(step) && step >= 1 && step <= stepsOf(unit).length ? step : null;
  return { unit: unit.id, page, language, part, sort, find, path, dials: turned(view, wish.dials ?? "") };
}

/** The positions of the dials, if a view has these; else as now. */
function turned({ dials = [] }: View, asked: string): string {
  const positions = asked.split("-").map(Number);
  const there = positions.length === dials.length && dials.every(({ choices }, at) => (positions[at] ?? -1) in choices);
  return there && positions.some((position) => position > 0) ? positions.join("-") : "";
}

/** Reads `#unit/page/language`, with an optional fourth part, and `?sort=…&find=…&path=…&try=…`. */
export function parseAddress(hash: string): Wish {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [unit, page, language, part] = path.split("/").map(decoded);
  const more = new URLSearchParams(query);
  const [sort, find, step, dials] = ["sort", "find", "path", "try"].map((name) => more.get(name));
  return { unit, page, language, part, sort, find, path: step, dials };
}

export function formatAddress(state: State): string {
  const parts = [state.unit, state.page, state.language, ...(state.part === null ? [] : [state.part])];
  const more = new URLSearchParams();
  if (state.sort !== null) more.set("sort", state.sort);
  if (state.find !== "") more.set("find", state.find);
  if (state.path !== null) more.set("path", String(state.path));
  if (state.dials !== "") more.set("try", state.dials);
  const query = more.toString();
  return `#${parts.map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`;
}

/** A hand-typed address may hold a stray `%`: then it is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function sameState(a: State, b: State): boolean {
  return formatAddress(a) === formatAddress(b);
}
