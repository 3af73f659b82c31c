/** Where a reader is: the state of a view, and the address that leads back to it. */

import type { GroupTable, Unit, View } from "../schema/view";
import type { PageId } from "./strings";

export interface State {
  unit: string;
  page: PageId;
  language: string;
  /** The scale (Questions) or the group variable (Groups) a reader asked for. */
  part: string | null;
}

/** Any part of a state, as it comes from an address, a menu or a trait: not yet checked. */
export type Wish = { [K in keyof State]?: string | null | undefined };

export const PAGES: readonly PageId[] = ["glance", "questions", "groups", "about"];

export function unitOf(view: View, id: string): Unit {
  const unit = view.units.find((candidate) => candidate.id === id) ?? view.units[0];
  if (unit === undefined) throw new Error("a view without units passed readView");
  return unit;
}

/** The pages that have something to say about a unit. */
export function pagesOf(unit: Unit): PageId[] {
  return PAGES.filter(
    (page) => (page !== "questions" || unit.items.length > 0) && (page !== "groups" || unit.groups.length > 0),
  );
}

export function hasClear(table: GroupTable): boolean {
  return (table.rows ?? []).some((row) => row.cells.some((cell) => cell.verdict === "clear"));
}

/** The group variable to open with: clear findings first, then whatever is shown. */
export function firstVariable(unit: Unit): string | null {
  const shown = unit.groups.filter((table) => (table.rows ?? []).length > 0);
  return (shown.find(hasClear) ?? shown[0] ?? unit.groups[0])?.variable ?? null;
}

/** The nearest state to a wish that this view can show. */
export function resolve(view: View, wish: Wish): State {
  const unit = unitOf(view, wish.unit ?? "");
  const pages = pagesOf(unit);
  const page = pages.find((candidate) => candidate === wish.page) ?? "glance";
  const language = view.languages.find((candidate) => candidate === wish.language) ?? view.languages[0] ?? "en";
  const parts =
    page === "groups"
      ? unit.groups.map((table) => table.variable)
      : page === "questions"
        ? view.scales.map((scale) => scale.id)
        : [];
  const part = parts.find((candidate) => candidate === wish.part) ?? null;
  return { unit: unit.id, page, language, part };
}

/** Reads `#unit/page/language`, with an optional fourth part. */
export function parseAddress(hash: string): Wish {
  const [unit, page, language, part] = hash.replace(/^#/, "").split("/").map(decoded);
  return { unit, page, language, part };
}

export function formatAddress(state: State): string {
  const parts = [state.unit, state.page, state.language, ...(state.part === null ? [] : [state.part])];
  return `#${parts.map(encodeURIComponent).join("/")}`;
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
  return a.unit === b.unit && a.page === b.page && a.language === b.language && a.part === b.part;
}
