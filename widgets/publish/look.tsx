/** The view itself, as every other door shows it. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { mount, type Mounted, readView, type State as Place } from "../core/index";
import type { Scene } from "./app";

export function Look({ scene }: { scene: Scene }): JSX.Element | null {
  const { client, state, words, language, id } = scene;
  const element = useRef<HTMLDivElement>(null);
  const mounted = useRef<Mounted | null>(null);
  // Another view opens at the same page and unit.
  const place = useRef<Place | null>(null);
  const { view } = client;
  useEffect(() => {
    if (element.current === null || view === null) return;
    mounted.current = mount(element.current, readView(view.json), {
      host: "notebook",
      ...(place.current ?? {}),
      language,
      onChange: (now) => (place.current = now),
    });
    return () => {
      mounted.current?.destroy();
      mounted.current = null;
    };
  }, [view]);
  useEffect(() => mounted.current?.show({ language }), [language]);
  if (state.preview === null && !client.looking) return null;
  return (
    <div class="rs-publish-look">
      <button
        type="button"
        class="rs-button"
        aria-expanded={client.looking}
        aria-describedby={id("look")}
        onClick={() => client.look(!client.looking)}
      >
        {client.looking ? words.close : words.look}
      </button>
      <span id={id("look")} class="rs-soft">
        {words.lookHint}
      </span>
      {client.looking && (
        <div role="region" aria-label={words.view} class="rs-publish-view" ref={element}>
          {/* Drawn by the view. */}
        </div>
      )}
    </div>
  );
}
