/** A long page's first screen stands at once, and the rest follows in the frames after it. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** The least width at which rows have their words beside the picture; the style sheet has the same. */
const WIDE = 640;
/** How much more the lines above the first row take where it is narrower, in pixels. */
const NARROW = 250;

/** The edge of a card and its distance from the next, in pixels: the next line in it stands so much higher than the end. */
export const EDGE = 40;

export interface Pieces {
  /** Where the first piece begins and how high one is about, in pixels. */
  above: number;
  each: number;
  /** How much higher than the end of those drawn the next piece may begin, in pixels. */
  edge: number;
}

export interface First {
  /** How many pieces to draw now, of whatever a page consists of; all of them once the page is whole. */
  few: number;
  /** Stands below the last piece while more is to come. */
  end: RefObject<HTMLDivElement | null>;
}

/** How many pieces filled the window, by what was drawn in which one: a page that is opened again draws no more. */
const filled = new Map<string, number>();

/**
 * Returns how much of a page is to be drawn now.
 *
 * @param drawing What is drawn, by a name: under another name it begins anew.
 * @param pieces What the page consists of; null is for a page that is drawn at once.
 * @param all How many pieces there are.
 * @param ahead Whether the page waits for its turn: then nobody sees where its end is, and no more is drawn.
 */
export function useFirst(drawing: string, pieces: Pieces | null, all: number, ahead: boolean): First {
  const name = `${drawing} ${window.innerWidth} ${window.innerHeight}`;
  const first = pieces === null ? Infinity : (filled.get(name) ?? guessed(pieces));
  const [drawn, setDrawn] = useState({ drawing, few: first });
  const end = useRef<HTMLDivElement>(null);
  const few = drawn.drawing === drawing ? drawn.few : first;
  const whole = few >= all;
  useLayoutEffect(() => {
    if (end.current === null || pieces === null || ahead) return;
    const beyond = end.current.getBoundingClientRect().top - window.innerHeight - pieces.edge;
    const more = few + Math.ceil(few / 4);
    if (beyond < 0) setDrawn({ drawing, few: more });
    // Further down the same window holds more: a reader who goes to another unit stays where they are.
    if ((end.current.closest(".rs")?.getBoundingClientRect().top ?? 0) < 0) return;
    if (beyond < 0) filled.set(name, more);
    else if (!filled.has(name)) filled.set(name, Math.max(1, few - Math.floor(beyond / pieces.each)));
  }, [drawing, few, ahead]);
  useEffect(() => {
    if (whole || ahead) return undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      later = setTimeout(() => setDrawn({ drawing, few: 3 * few }));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(later);
    };
  }, [whole, drawing, few, ahead]);
  return { few: whole ? Infinity : few, end };
}

/** About how many pieces the window has room for. */
function guessed({ above, each }: Pieces): number {
  const top = above + (window.innerWidth < WIDE ? NARROW : 0);
  return Math.max(1, Math.ceil((window.innerHeight - top) / each));
}
