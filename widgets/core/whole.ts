/** A long page's first screen stands at once, and the rest follows in the next frame. */

import { useEffect, useState } from "preact/hooks";

/**
 * Returns whether all of a page is to be drawn.
 *
 * @param drawing What is drawn, by a name: under another name it begins anew.
 * @param atOnce Whether nothing may wait: paper is measured at once, and a link to a place has to find it.
 */
export function useWhole(drawing: string, atOnce: boolean): boolean {
  const [done, setDone] = useState<string | null>(null);
  const whole = atOnce || done === drawing;
  useEffect(() => {
    if (whole) return undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => (later = setTimeout(() => setDone(drawing))));
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(later);
    };
  }, [whole, drawing]);
  return whole;
}
