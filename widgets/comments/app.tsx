/** The release screen: what is unread, one comment with its marks, and what can be done with it. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { inLanguage } from "../core/text";
import type { Client } from "./client";
import { type Comment, DANGER, marked, type State, type Step, stepOf } from "./state";
import type { Strings } from "./strings";

interface AppProps {
  client: Client;
  words: Strings;
  language: string;
  id: (name: string) => string;
}

type Asking = "" | "sure" | "whom";

export function App({ client, words, language, id }: AppProps): JSX.Element {
  const { state } = client;
  const [asking, setAsking] = useState<Asking>("");
  const [told, setTold] = useState("");
  const place = useRef<HTMLElement>(null);
  const turn = useRef<number | null>(null);
  const telling = useRef("");
  // Before anything is painted: between two comments no key may go astray.
  useLayoutEffect(() => {
    if (state === null || turn.current === state.turn) return;
    // The first comment waits to be found; each one after it is read on.
    if (turn.current !== null) place.current?.focus();
    turn.current = state.turn;
    setAsking("");
    setTold(telling.current);
    telling.current = "";
  });
  const listed = client.released !== null;
  const seen = useRef(false);
  useLayoutEffect(() => {
    if (seen.current !== listed) place.current?.focus();
    seen.current = listed;
  });

  const comment = state?.comment ?? null;
  const take = (step: Step, said = ""): void => {
    if (client.busy) return;
    telling.current = said;
    client.step(step);
  };
  const act = (step: Step["do"]): void => {
    if (state === null || client.busy || listed) return;
    if (step === "undo") {
      if (state.undo) take({ do: "undo" });
      return;
    }
    if (comment === null || (step === "release" && comment.adult)) return;
    if (step === "pass on") setAsking("whom");
    else if (step === "release" && comment.danger) setAsking("sure");
    else take({ do: step });
  };
  const problem = client.alone ? words.alone : client.refused;
  return (
    <div
      class="rs-frame"
      onKeyDown={(event) => {
        const step = event.ctrlKey || event.metaKey || event.altKey ? null : stepOf(event.key);
        if (step === null || event.target instanceof HTMLInputElement) return;
        event.preventDefault();
        event.stopPropagation();
        act(step);
      }}
    >
      <h2>{words.title}</h2>
      <p role="status" class="rs-waiting">
        {state === null ? (client.alone ? "" : words.waiting) : summary(state, words)}
      </p>
      <p class="rs-promise">{words.promise}</p>
      <p role="alert" class={problem ? "rs-alert" : "rs-away"}>
        {problem}
      </p>
      <p role="status" class={told ? "rs-note" : "rs-away"}>
        {told}
      </p>
      <section class="rs-desk" ref={place} tabIndex={-1} aria-labelledby={id("about")} aria-busy={client.busy}>
        {client.released === null ? (
          comment && <Shown comment={comment} words={words} language={language} about={id("about")} />
        ) : (
          <Released
            released={client.released}
            words={words}
            language={language}
            id={id}
            done={(at) => {
              if (at === null) {
                client.hideReleased();
                return;
              }
              take({ do: "take back", at }, words.takenBack);
            }}
          />
        )}
      </section>
      {state && asking === "whom" && comment && (
        <Whom
          contact={words.contact(inLanguage(state.contact, language))}
          words={words}
          done={(to) => {
            if (to === null) {
              setAsking("");
              return;
            }
            take({ do: "pass on", to }, words.told);
          }}
        />
      )}
      {asking === "sure" && comment && (
        <div class="rs-card" role="group" aria-labelledby={id("sure")}>
          <p id={id("sure")}>{words.sure}</p>
          <div class="rs-buttons">
            <Button label={words.sureRelease} press={() => take({ do: "release", sure: true })} />
            <Button label={words.back} press={() => setAsking("")} first />
          </div>
        </div>
      )}
      {state && asking === "" && !listed && (
        <div class="rs-buttons">
          {comment?.danger && <Button main label={words.passOn} press={() => act("pass on")} />}
          {comment && <Button label={words.release} off={comment.adult} press={() => act("release")} />}
          {comment && <Button label={words.hold} press={() => act("hold")} />}
          {comment && !comment.danger && <Button label={words.passOn} press={() => act("pass on")} />}
          {comment && <Button label={words.skip} press={() => act("skip")} />}
          <Button label={words.undo} off={!state.undo} press={() => act("undo")} />
          {state.released > 0 && <Button label={words.seeReleased} press={() => client.seeReleased()} />}
        </div>
      )}
      <p class="rs-note rs-keys">
        {words.keys} {words.readAll}
      </p>
    </div>
  );
}

function summary(state: State, words: Strings): string {
  const say = state.late ? words.late : words.unread;
  return [
    state.unread > 0 ? say(state.unread, state.since, state.by) : words.noneUnread,
    state.dangers > 0 && words.dangers(state.dangers),
    state.released + state.held + state.passedOn > 0 && words.decided(state.released, state.held, state.passedOn),
  ]
    .filter(Boolean)
    .join(" ");
}

interface ReleasedProps extends Pick<AppProps, "words" | "language" | "id"> {
  released: Comment[];
  /** With the place of the one that is taken back; null to go back. */
  done: (at: number | null) => void;
}

function Released({ released, words, language, id, done }: ReleasedProps): JSX.Element {
  return (
    <>
      <h3 id={id("about")}>{words.released}</h3>
      <div class="rs-buttons">
        <Button label={words.back} press={() => done(null)} />
      </div>
      {released.map((comment, at) => (
        <Shown key={at} comment={comment} words={words} language={language} about={id(`about-${at}`)}>
          <div class="rs-buttons">
            <Button label={words.takeBack} press={() => done(at)} of={id(`about-${at}-words`)} />
          </div>
        </Shown>
      ))}
    </>
  );
}

interface ShownProps extends Pick<AppProps, "words" | "language"> {
  comment: Comment;
  /** The id of its heading. */
  about: string;
  children?: ComponentChildren;
}

function Shown({ comment, words, language, about: heading, children }: ShownProps): JSX.Element {
  const grave = (kind: string): boolean => (DANGER as readonly string[]).includes(kind);
  const about = [comment.school, comment.wave, inLanguage(comment.question, language)].filter(Boolean).join(" · ");
  const lines = marked(comment);
  return (
    <div class="rs-card">
      <h3 id={heading}>
        <span class="rs-away">{words.comment}. </span>
        {about}
      </h3>
      {comment.danger && <p class="rs-alert">{words.danger}</p>}
      <blockquote dir="auto" id={`${heading}-words`}>
        {comment.pieces.map(({ text, kind }, at) =>
          kind === "" ? (
            <span key={at}>{text}</span>
          ) : (
            <mark key={at} class={grave(kind) ? "rs-grave" : undefined}>
              {text}
            </mark>
          ),
        )}
      </blockquote>
      {lines.length > 0 && (
        <dl aria-label={words.marked}>
          {lines.map(([kind, texts]) => (
            <div key={kind}>
              <dt>{words.kind[kind]}</dt>
              <dd>
                {texts.map((text, at) => (
                  <bdi key={at}>{text}</bdi>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {comment.adult && <p class="rs-note">{words.adult}</p>}
      {children}
    </div>
  );
}

function Whom(props: { contact: string; words: Strings; done: (to: string | null) => void }): JSX.Element {
  const { contact, words, done } = props;
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      class="rs-card"
      onSubmit={(event) => {
        event.preventDefault();
        const to = field.current?.value.trim() ?? "";
        if (to) done(to);
      }}
      onKeyDown={(event) => event.key === "Escape" && done(null)}
    >
      <p>{contact}</p>
      <label class="rs-field">
        <span>{words.toWhom}</span>
        <input type="text" ref={field} maxLength={80} required autocomplete="off" />
      </label>
      <div class="rs-buttons">
        <button type="submit" class="rs-button rs-button-main">
          {words.note}
        </button>
        <Button label={words.back} press={() => done(null)} />
      </div>
    </form>
  );
}

interface ButtonProps {
  label: string;
  press: () => void;
  main?: boolean;
  off?: boolean;
  /** Has the focus when it appears. */
  first?: boolean;
  /** The id of what it does something with, where several say the same. */
  of?: string;
}

function Button({ label, press, main, off, first, of }: ButtonProps): JSX.Element {
  const place = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (first) place.current?.focus();
  }, []);
  return (
    <button
      type="button"
      ref={place}
      class={main ? "rs-button rs-button-main" : "rs-button"}
      aria-disabled={off ?? false}
      aria-describedby={of}
      onClick={() => !off && press()}
    >
      {label}
    </button>
  );
}
