/** Guess first: about ten sliders, then the answers beside the guesses. On paper, a sheet to guess on. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { besideSentence, guessable, guessedOf, KINDS, type Shown, titleOf } from "./guesses";
import { Axis, Bar, Key } from "./marks";
import { Link, type Scene } from "./scene";
import { Favorable } from "./sentences";
import { LONGEST } from "./team";

const TENTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

export function Guess({ scene }: { scene: Scene }): JSX.Element {
  const { shown } = scene.meeting;
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(shown);
  useLayoutEffect(() => {
    if (before.current !== shown) {
      const first = place.current?.querySelector<HTMLElement>("[tabindex='-1']");
      first?.focus({ preventScroll: true });
      first?.scrollIntoView({ block: "center" });
    }
    before.current = shown;
  }, [shown]);
  return (
    <div ref={place}>
      {shown ? <Answers scene={scene} /> : scene.paper ? <GuessSheet scene={scene} /> : <Sliders scene={scene} />}
    </div>
  );
}

function Sliders({ scene }: { scene: Scene }): JSX.Element {
  const { words, meeting } = scene;
  const [empty, setEmpty] = useState(false);
  const guessed = Object.keys(meeting.guesses).length;
  return (
    <>
      <div class="rs-say">
        <p tabIndex={-1}>{words.guessAsk}</p>
      </div>
      <p class="rs-note">{words.guessHow}</p>
      <section class="rs-card">
        <Guesses scene={scene} />
        <Favorable scene={scene} />
      </section>
      <label class="rs-field rs-written">
        <span>{words.surprise}</span>
        <textarea
          rows={2}
          maxLength={LONGEST.surprise}
          value={meeting.surprise}
          onInput={(event) => scene.change({ surprise: event.currentTarget.value, unsaved: true })}
        />
      </label>
      <div class="rs-buttons">
        <button
          type="button"
          class="rs-button rs-button-main"
          onClick={() => (guessed ? scene.change({ shown: true }) : setEmpty(true))}
        >
          {words.showAnswers}
        </button>
        <button type="button" class="rs-button" onClick={() => scene.print("guess")}>
          {words.printGuess}
        </button>
      </div>
      <p class="rs-said" role="status">
        {empty && !guessed && words.guessMissing}
      </p>
    </>
  );
}

function Guesses({ scene }: { scene: Scene }): JSX.Element {
  return (
    <ul class="rs-guesses">
      {guessable(scene.unit, scene.view).map((cell) => (
        <li class="rs-guess" key={cell.id} data-scale={cell.id}>
          <h3>{titleOf(scene.view, cell, scene.state.language)}</h3>
          {!scene.paper && <Slider scene={scene} cell={cell} />}
          {!cell.text && <ScaleQuestions scene={scene} scale={cell.id} />}
          {scene.paper && (
            <ol class="rs-circles">
              {TENTHS.map((tenth) => (
                <li>{tenth}</li>
              ))}
            </ol>
          )}
        </li>
      ))}
    </ul>
  );
}

function Slider({ scene, cell }: { scene: Scene; cell: Shown }): JSX.Element {
  const { words, meeting } = scene;
  const { [cell.id]: guess, ...guesses } = meeting.guesses;
  const title = titleOf(scene.view, cell, scene.state.language);
  const none = guess === undefined;
  const said = none ? words.noGuess : words.guessed(guess);
  const take = (event: { currentTarget: HTMLInputElement }): void => {
    scene.change({ guesses: { ...guesses, [cell.id]: Number(event.currentTarget.value) } });
  };
  return (
    <>
      <p class={`rs-guess-said${none ? " rs-soft" : ""}`} aria-hidden="true">
        {said}
      </p>
      <div class="rs-guess-slider">
        <input
          type="range"
          class={`rs-range${none ? " rs-unset" : ""}`}
          max={10}
          value={guess ?? 5}
          aria-label={words.guessOf(title)}
          aria-valuetext={said}
          onInput={take}
          // The middle, where the untouched slider stands, is a guess too: a click on it moves nothing.
          onClick={take}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === " ") take(event);
          }}
        />
        <div class="rs-tenths" aria-hidden="true">
          {TENTHS.map((tenth) => (
            <span>{tenth}</span>
          ))}
        </div>
      </div>
      {!none && (
        <button type="button" class="rs-link rs-guess-back" onClick={() => scene.change({ guesses })}>
          {words.takeBack}
          <span class="rs-away"> {title}</span>
        </button>
      )}
    </>
  );
}

/** What is guessed about, in the words students read. */
function ScaleQuestions({ scene, scale }: { scene: Scene; scale: string }): JSX.Element | null {
  const items = scene.view.items.filter((item) => item.scale === scale);
  if (items.length === 0) return null;
  const list = (
    <ul>
      {items.map((item) => (
        <li key={item.id}>{scene.say(item.text)}</li>
      ))}
    </ul>
  );
  if (scene.paper) return list;
  return (
    <details class="rs-more">
      <summary>{scene.words.questionsOf(items.length)}</summary>
      {list}
    </details>
  );
}

function GuessSheet({ scene }: { scene: Scene }): JSX.Element {
  const { words } = scene;
  return (
    <>
      <div class="rs-say">
        <p>{words.guessAsk}</p>
      </div>
      <p class="rs-note">{words.guessPaper}</p>
      <Guesses scene={scene} />
      <Favorable scene={scene} />
      <h3>{words.surprise}</h3>
      <div class="rs-lines" />
    </>
  );
}

function Answers({ scene }: { scene: Scene }): JSX.Element {
  const { words, meeting, unit, view } = scene;
  const drawn = guessable(unit, view);
  return (
    <>
      <section class="rs-card rs-answers">
        <h3 tabIndex={-1} class="rs-variable">
          {words.answersTitle}
        </h3>
        <Key
          scene={scene}
          mark="bar"
          interval={drawn.some((cell) => !cell.share.coded)}
          open={drawn.some((cell) => cell.share.coded)}
          references={[]}
          guess
        />
        <Axis scene={scene} row="rs-row-guess" />
        {KINDS.map((kind) => {
          const entries = guessedOf(scene, kind);
          return (
            entries.length > 0 && (
              <section key={kind}>
                <h4>{words[kind]}</h4>
                <ul>
                  {entries.map((entry) => (
                    <li class="rs-row rs-row-guess" key={entry.cell.id} data-scale={entry.cell.id}>
                      <div class="rs-row-name">
                        <h5>{titleOf(view, entry.cell, scene.state.language)}</h5>
                      </div>
                      <div class="rs-row-picture">
                        <Bar scene={scene} share={entry.cell.share} reference={null} guess={entry.guess} />
                      </div>
                      <p class="rs-verdict">{besideSentence(unit, entry, scene.state.language, view.subject)}</p>
                    </li>
                  ))}
                </ul>
              </section>
            )
          );
        })}
        <Favorable scene={scene} />
      </section>
      {meeting.surprise.trim() !== "" && (
        <p class="rs-note rs-own">
          <span class="rs-note-name">{words.surpriseWas}</span> {meeting.surprise}
        </p>
      )}
      <NoticeWonder scene={scene} />
    </>
  );
}

function NoticeWonder({ scene }: { scene: Scene }): JSX.Element {
  const { words, meeting } = scene;
  const { noticed } = meeting.card;
  return (
    <section class="rs-card rs-noticing">
      <div>
        <h3>{words.notice}</h3>
        <p class="rs-soft">{words.noticeAsk}</p>
        {scene.paper ? (
          <p class={noticed === "" ? "rs-lines" : "rs-own"}>{noticed}</p>
        ) : (
          <textarea
            class="rs-written"
            rows={3}
            maxLength={LONGEST.noticed}
            aria-label={words.notice}
            value={noticed}
            onInput={(event) =>
              scene.change({
                card: { ...meeting.card, noticed: event.currentTarget.value },
                unsaved: true,
                before: null,
              })
            }
          />
        )}
      </div>
      <div>
        <h3>{words.wonder}</h3>
        <p class="rs-soft">{words.wonderAsk}</p>
      </div>
      <div class="rs-buttons rs-screen">
        <Link scene={scene} to={{ page: "glance" }} class="rs-button rs-button-main">
          {words.pages.glance}
        </Link>
        <Link scene={scene} to={{ page: "next" }} class="rs-button">
          {words.toNext}
        </Link>
        <button type="button" class="rs-button" onClick={() => scene.change({ shown: false })}>
          {words.changeGuesses}
        </button>
      </div>
    </section>
  );
}
