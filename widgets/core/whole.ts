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

/** How many pieces fill the window, by what is drawn in which one: a page that is opened again draws as many. */
const filling = new Map<string, number>();

/**
 * Returns how much of a page is to be drawn now.
 *
 * @param drawing What is drawn, by a name: under another name it begins anew.
 * @param pieces What the page consists of; null is for a page that is drawn at once.
 * @param all How many pieces there are.
 * @param scrolled Whether the view's first line is above the window: then the window holds more than it did.
 * @param unseen Whether the page waits for its turn, or had it: then nobody sees where its end is, and no more is drawn.
 */
export function useFirst(
  drawing: string,
  pieces: Pieces | null,
  all: number,
  unseen: boolean,
  scrolled: boolean,
): First {
  const name = `${drawing} ${window.innerWidth} ${window.innerHeight}`;
  const first = pieces === null ? Infinity : (filling.get(name) ?? guessed(pieces));
  const [drawn, setDrawn] = useState({ drawing, few: first });
  const end = useRef<HTMLDivElement>(null);
  const few = drawn.drawing === drawing ? drawn.few : first;
  const whole = few >= all;
  useLayoutEffect(() => {
    if (end.current === null || pieces === null || unseen) return;
    // To look again would have the browser lay the page out before its time. Further down a window holds more.
    if (filling.has(name) && !scrolled) return;
    if (end.current.getBoundingClientRect().top < window.innerHeight + pieces.edge)
      setDrawn({ drawing, few: few + Math.ceil(few / 4) });
    else if (!scrolled) filling.set(name, few);
  }, [drawing, few, unseen]);
  useEffect(() => {
    if (whole || unseen) return undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      later = setTimeout(() => setDrawn({ drawing, few: 3 * few }));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(later);
    };
  }, [whole, drawing, few, unseen]);
  return { few: whole ? Infinity : few, end };
}

/** Does what a reader does not wait for once the new page is on the screen: to the browser it means much work. */
export function afterwards(task: () => void): void {
  requestAnimationFrame(() => setTimeout(task, 20));
}

/** About how many pieces the window has room for. */
function guessed({ above, each }: Pieces): number {
  const top = above + (window.innerWidth < WIDE ? NARROW : 0);
  return Math.max(1, Math.ceil((window.innerHeight - top) / each));
}
