/** The frame around a page: who it is about, the menus, the pages, the keys. */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { pagesOf, stepsOf } from "./address";
import { Body, Heading } from "./body";
import { openTable, Variables } from "./groups";
import { Help } from "./help";
import { type Action, actionFor } from "./keys";
import { PathBar } from "./path";
import { Link, ownsAddress, pageTitle, type Scene, titleOf } from "./scene";
import { Colophon } from "./sentences";
import type { PageId } from "./strings";
import { languageName } from "./text";
import { afterwards } from "./whole";

/** More tabs than this have no room for their full names, however wide the window. */
const MANY = 7;

interface AppProps {
  scene: Scene;
  /** A page that may be next, made while the reader's finger is still on its link, or the one just left. */
  other: Scene | null;
  left: boolean;
  /** Whether the view's first line is above the window. */
  scrolled: boolean;
  /** The pages whose table is open; kept outside, since paper shows them too. */
  tables: ReadonlySet<PageId>;
  toggleTable: () => void;
  /** Where key presses count: the whole document, or this element alone. */
  keyTarget: Document | HTMLElement;
}

export function App({ scene, other, left, scrolled, tables, toggleTable, keyTarget }: AppProps): JSX.Element {
  const { state, words, view } = scene;
  const [help, setHelp] = useState(false);
  const [keysOn, setKeysOn] = useState(true);
  const [announced, announce] = useState("");
  const frame = useRef<HTMLDivElement>(null);

  const act = (action: Action): void => {
    const pages = pagesOf(scene.unit);
    const at = pages.indexOf(state.page);
    const { languages } = view;
    switch (action) {
      case "previous":
      case "next": {
        const page = pages[at + (action === "next" ? 1 : -1)];
        if (page !== undefined) scene.go({ page });
        return;
      }
      case "table":
        if (state.page === "about") frame.current?.querySelector<HTMLElement>(".rs-scroll")?.focus();
        else toggleTable();
        return;
      case "language":
        scene.go({ language: languages[(languages.indexOf(state.language) + 1) % languages.length], part: state.part });
        return;
      case "print":
        scene.print();
        return;
      case "start":
        scene.go({ page: "cover" });
        return;
      case "stepBack":
      case "stepOn": {
        if (state.path === null) return;
        const path = state.path + (action === "stepOn" ? 1 : -1);
        const step = stepsOf(scene.unit)[path - 1];
        if (step !== undefined) scene.go({ page: step.page, path });
        return;
      }
      case "help":
        setHelp(true);
    }
  };

  // Listening anew on every page would take longer than some pages do.
  const acting = useRef(act);
  acting.current = act;
  useLayoutEffect(() => {
    const listen = (event: Event): void => {
      if (!(event instanceof KeyboardEvent) || !keysOn) return;
      const { key, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event;
      const path = event.composedPath().filter((target) => target instanceof HTMLElement);
      const action = actionFor({ key, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented, path });
      if (action === null) return;
      event.preventDefault();
      event.stopPropagation();
      acting.current(action);
    };
    keyTarget.addEventListener("keydown", listen);
    return () => keyTarget.removeEventListener("keydown", listen);
  }, [keyTarget, keysOn]);

  // A new page or part moves the focus to its heading; a new unit or language is announced and leaves it where it is.
  const before = useRef(state);
  useLayoutEffect(() => {
    const last = before.current;
    before.current = state;
    if (last.page !== state.page || (last.part !== state.part && state.page === "questions")) {
      arriveAt(frame.current, state.page === "questions" ? state.part : null, scrolled, left);
      if (last.path !== state.path && state.path !== null)
        announce(words.pathStep(state.path, stepsOf(scene.unit).length));
    } else if (last.unit !== state.unit || last.language !== state.language) {
      announce(titleOf(scene));
    }
  }, [state]);

  // These stay the same from page to page, and to find that out takes longer than some pages do.
  const footer = useMemo(
    () => (
      <footer class="rs-footer">
        <Colophon scene={scene} />
        <div class="rs-footer-tools">
          <button type="button" class="rs-button" onClick={() => scene.print()}>
            {words.print}
            <kbd aria-hidden="true">p</kbd>
          </button>
          <button type="button" class="rs-button" onClick={() => setHelp(true)}>
            {words.keys}
            <kbd aria-hidden="true">?</kbd>
          </button>
        </div>
      </footer>
    ),
    [view, state.language],
  );
  const keys = useMemo(
    () => <Help scene={scene} open={help} close={() => setHelp(false)} keysOn={keysOn} setKeysOn={setKeysOn} />,
    [view, state.language, state.path === null, help, keysOn],
  );

  const pages = pagesOf(scene.unit);
  // Of all tabs a click changes two.
  const tab = useMemo(() => {
    const made: Record<string, JSX.Element> = {};
    return (page: PageId, current: "page" | false): JSX.Element =>
      (made[page + current] ??= (
        <Link key={page} scene={scene} to={{ page }} current={current}>
          <span class="rs-long">{pageTitle(scene, page)}</span>
          <span class="rs-short">{page === "change" ? pageTitle(scene, page) : words.pagesShort[page]}</span>
        </Link>
      ));
  }, [scene.unit, state.language, state.path, state.sort, state.find, state.dials]);
  // Always in the same order: what changes its place is laid out anew.
  const bodies = other === null ? [scene] : [scene, other].sort((a, b) => (drawnAs(a) < drawnAs(b) ? -1 : 1));
  const Main = ownsAddress(scene.host) ? "main" : "section";
  return (
    <div class="rs-frame" ref={frame}>
      <Heading scene={scene}>
        <div class="rs-tools">
          <UnitMenu scene={scene} />
          <Languages scene={scene} />
        </div>
      </Heading>
      {state.page !== "cover" && (
        <nav class={pages.length > MANY ? "rs-pages rs-pages-many" : "rs-pages"} aria-label={words.pagesLabel}>
          {pages.map((page) => tab(page, page === state.page && "page"))}
        </nav>
      )}
      <PathBar scene={scene} />
      <Main class="rs-page" aria-label={pageTitle(scene, state.page)}>
        <h2 tabIndex={-1} class={state.page === "glance" || state.page === "cover" ? "rs-away" : ""}>
          {pageTitle(scene, state.page)}
        </h2>
        {state.page === "groups" && <Variables scene={scene} />}
        {bodies.map((each) => (
          <div
            key={drawnAs(each)}
            class={each === scene ? "rs-body" : left ? "rs-body rs-left" : "rs-body rs-ahead"}
            aria-hidden={each !== scene || undefined}
          >
            <Body
              scene={each}
              unseen={each !== scene}
              scrolled={scrolled}
              tableOpen={tables.has(each.state.page)}
              toggleTable={toggleTable}
            />
          </div>
        ))}
      </Main>
      {footer}
      <p class="rs-away" aria-live="polite">
        {announced}
      </p>
      {keys}
    </div>
  );
}

/** What is drawn under another name is drawn anew. */
export function drawnAs(scene: Scene): string {
  return scene.state.page === "groups" ? `groups ${openTable(scene)?.variable}` : scene.state.page;
}

function arriveAt(frame: HTMLElement | null, scale: string | null, scrolled: boolean, later: boolean): void {
  if (frame === null) return;
  const blocks = [...frame.querySelectorAll<HTMLElement>(".rs-block")];
  const block = scale === null ? undefined : blocks.find((candidate) => candidate.dataset["scale"] === scale);
  if (block !== undefined) {
    block.querySelector<HTMLElement>("h3")?.focus();
    block.scrollIntoView({ block: "start" });
    return;
  }
  if (scrolled) frame.scrollIntoView({ block: "start" });
  const focus = (): void => frame.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  if (later) afterwards(focus);
  else focus();
}

function UnitMenu({ scene }: { scene: Scene }): JSX.Element | null {
  const { units } = scene.view;
  if (units.length < 2) return null;
  const { words } = scene;
  const options = (kind: string): JSX.Element[] =>
    units
      .filter((unit) => unit.kind === kind)
      .map((unit) => (
        <option key={unit.id} value={unit.id} selected={unit.id === scene.unit.id}>
          {scene.say(unit.title)}
        </option>
      ));
  const teams = options("team");
  const schools = options("school");
  return (
    <label class="rs-menu">
      <span>{teams.length > 0 ? words.unitTeam : words.unitSchool}</span>
      <select
        value={scene.unit.id}
        onChange={(event) => scene.go({ unit: event.currentTarget.value, part: scene.state.part })}
      >
        {options("all")}
        {schools.length > 0 && <optgroup label={words.schools}>{schools}</optgroup>}
        {teams.length > 0 && <optgroup label={words.teams}>{teams}</optgroup>}
      </select>
    </label>
  );
}

function Languages({ scene }: { scene: Scene }): JSX.Element | null {
  const others = scene.view.languages.filter((language) => language !== scene.state.language);
  if (others.length === 0) return null;
  return (
    <div class="rs-languages" role="group" aria-label={scene.words.language}>
      {others.map((language) => (
        <Link key={language} scene={scene} to={{ language, part: scene.state.part }} lang={language} class="rs-button">
          {languageName(language)}
        </Link>
      ))}
    </div>
  );
}
