/** A long page's first screen stands at once, and the rest follows in the frames after it. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** The least width at which rows have their words beside the picture; the style sheet has the same. */
const WIDE = 640;
/** How much more the lines above the first row take where it is narrower, in pixels. */
const NARROW = 250;

/** The edge of a card and its distance from the next, in pixels: the next piece may stand so much higher than the end. */
const EDGE = 40;

export interface First {
  /** How many pieces to draw now, of whatever a page consists of; all of them once the page is whole. */
  few: number;
  /** Stands below the last piece while more is to come. */
  end: RefObject<HTMLDivElement | null>;
}

/** About how many pieces the window has room for, each so high, below what stands above the first one. */
export function roomFor(above: number, each: number): number {
  const top = above + (window.innerWidth < WIDE ? NARROW : 0);
  return Math.max(1, Math.ceil((window.innerHeight - top) / each));
}

/**
 * Returns how much of a page is to be drawn now.
 *
 * @param drawing What is drawn, by a name: under another name it begins anew.
 * @param first How many pieces about fill the window. Where they do not, more are drawn before anything is seen.
 * @param all How many pieces there are.
 */
export function useFirst(drawing: string, first: number, all: number): First {
  const [drawn, setDrawn] = useState({ drawing, pieces: first });
  const end = useRef<HTMLDivElement>(null);
  const pieces = drawn.drawing === drawing ? drawn.pieces : first;
  const whole = pieces >= all;
  useLayoutEffect(() => {
    if (end.current !== null && end.current.getBoundingClientRect().top < window.innerHeight + EDGE)
      setDrawn({ drawing, pieces: pieces + Math.ceil(pieces / 4) });
  }, [drawing, pieces]);
  useEffect(() => {
    if (whole) return undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      later = setTimeout(() => setDrawn({ drawing, pieces: 3 * pieces }));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(later);
    };
  }, [whole, drawing, pieces]);
  return { few: whole ? Infinity : pieces, end };
}
