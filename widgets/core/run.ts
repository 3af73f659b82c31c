/** Where the marks of a run chart go. All runs of a view share one scale from 0, so that units can be compared. */

import type { Point, Run, Text, View } from "../schema/view";

/** The percents at which a chart has a line across, the last one its top. */
export function ticksOf(view: View): number[] {
  const runs = view.units.flatMap((unit) => unit.weeks ?? []);
  const most = Math.max(0, ...runs.flatMap((run) => [run.middle, ...run.points.map(({ percent }) => percent ?? 0)]));
  const step = most <= 30 ? 10 : most <= 60 ? 20 : 50;
  const lines = Math.max(2, Math.ceil(most / step));
  return Array.from({ length: lines + 1 }, (_, index) => index * step);
}

/** The place of a week, in percents of the width. */
export function placeOf(index: number, { points }: Run): number {
  return (100 * (index + 0.5)) / points.length;
}

export interface Begun {
  title: Text;
  /** Its first week. */
  point: Point;
  /** The place of the edge between that week and the one before. */
  edge: number;
  /** Whether there is more room for its name to the left. */
  left: boolean;
}

/** Where phases begin, from the top down, so that no name has to cross the line of another where that can be. */
export function begunOf({ points, phases }: Run): Begun[] {
  const begun = (phases ?? []).flatMap(({ week, title }) => {
    const index = points.findIndex((point) => point.week >= week);
    const point = points[index];
    const edge = (100 * index) / points.length;
    return point === undefined ? [] : [{ title, point, edge, left: edge > 60 }];
  });
  const away = ({ edge, left }: Begun): number => (left ? 200 - edge : edge);
  return begun.sort((a, b) => away(a) - away(b));
}

export interface Shown extends Point {
  index: number;
  percent: number;
  /** Set where the exact share is not shown. */
  coded: boolean;
}

export function shownOf({ points }: Run): Shown[] {
  return points.flatMap((point, index) =>
    point.percent == null
      ? []
      : [{ ...point, index, percent: point.percent, coded: point.percent <= 5 || point.percent >= 95 }],
  );
}

/** Every how many weeks one is named, so that at most so many names stand side by side. */
export function everyOf({ points }: Run, most: number): number {
  return Math.max(1, Math.ceil(points.length / most));
}

export interface Quiet {
  end: "left" | "right";
  side: "above" | "below";
}

/** Where the name of the median is in no dot's way: at which end, and on which side of its line; null where nowhere. */
export function quietOf(run: Run, top: number): Quiet | null {
  const places = (["right", "left"] as const).flatMap((end) =>
    (["above", "below"] as const).map((side) => ({ end, side })),
  );
  const quiet = ({ end, side }: Quiet): boolean => {
    if (side === "below" && run.middle < top / 6) return false;
    return !shownOf(run).some(({ index, percent }) => {
      const at = placeOf(index, run);
      const over = (percent - run.middle) * (side === "above" ? 1 : -1);
      return (end === "right" ? at > 45 : at < 55) && over > 0 && over < top / 6;
    });
  };
  return places.find(quiet) ?? null;
}
