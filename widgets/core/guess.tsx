/** Guess first: a slider a scale, then the answers beside the guesses. On paper, a sheet to guess on. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { besideSentence, guessable, guessedOf, type Shown } from "./guesses";
import { Axis, Bar, Key } from "./marks";
import { Link, type Scene, scaleTitle } from "./scene";
import { Favorable } from "./sentences";
import { LONGEST } from "./team";
import { capital } from "./text";

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
  const none = Object.keys(meeting.guesses).length === 0;
  return (
    <>
      <div class="rs-say">
        <p tabIndex={-1}>{words.guessAsk}</p>
      </div>
      <p class="rs-note">{words.guessHow}</p>
      <section class="rs-card">
        <ul class="rs-guesses">
          {guessable(scene.unit).map((cell) => (
            <Slider key={cell.scale} scene={scene} cell={cell} />
          ))}
        </ul>
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
          onClick={() => (none ? setEmpty(true) : scene.change({ shown: true }))}
        >
          {words.showAnswers}
        </button>
        <button type="button" class="rs-button" onClick={() => scene.print("guess")}>
          {words.printGuess}
        </button>
      </div>
      <p class="rs-said" role="status">
        {empty && none && words.guessMissing}
      </p>
    </>
  );
}

function Slider({ scene, cell }: { scene: Scene; cell: Shown }): JSX.Element {
  const { words, meeting } = scene;
  const guess = meeting.guesses[cell.scale];
  const title = scaleTitle(scene, cell.scale);
  const said = guess === undefined ? words.noGuess : words.guessed(guess);
  const take = (event: { currentTarget: HTMLInputElement }): void => {
    const guesses = { ...meeting.guesses, [cell.scale]: Number(event.currentTarget.value) };
    scene.change({ guesses });
  };
  const takeBack = (): void => {
    const { [cell.scale]: _, ...guesses } = meeting.guesses;
    scene.change({ guesses });
  };
  return (
    <li class="rs-guess" data-scale={cell.scale}>
      <h3>{title}</h3>
      <p class={guess === undefined ? "rs-guess-said rs-soft" : "rs-guess-said"} aria-hidden="true">
        {said}
      </p>
      <div class="rs-guess-slider">
        <input
          type="range"
          class={guess === undefined ? "rs-range rs-unset" : "rs-range"}
          min={0}
          max={10}
          step={1}
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
            <span key={tenth}>{tenth}</span>
          ))}
        </div>
      </div>
      <ScaleQuestions scene={scene} scale={cell.scale} />
      {guess !== undefined && (
        <button type="button" class="rs-link rs-guess-back" onClick={takeBack}>
          {words.takeBack}
          <span class="rs-away"> {title}</span>
        </button>
      )}
    </li>
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
      <ul class="rs-guesses">
        {guessable(scene.unit).map((cell) => (
          <li class="rs-guess" key={cell.scale} data-scale={cell.scale}>
            <h3>{scaleTitle(scene, cell.scale)}</h3>
            <ScaleQuestions scene={scene} scale={cell.scale} />
            <ol class="rs-circles">
              {TENTHS.map((tenth) => (
                <li key={tenth}>{tenth}</li>
              ))}
            </ol>
          </li>
        ))}
      </ul>
      <Favorable scene={scene} />
      <h3>{words.surprise}</h3>
      <div class="rs-lines" />
    </>
  );
}

function Answers({ scene }: { scene: Scene }): JSX.Element {
  const { words, meeting, unit, view } = scene;
  const guessed = guessedOf(scene);
  const drawn = guessable(unit);
  const rest = drawn.filter((cell) => meeting.guesses[cell.scale] === undefined);
  const groups: [string, { cell: Shown; guess?: number; sentence: string }[]][] = [
    ...(["higher", "lower", "as"] as const).map(
      (kind): [string, { cell: Shown; guess: number; sentence: string }[]] => [
        { higher: words.higher, lower: words.lower, as: words.asGuessed }[kind],
        guessed[kind].map((entry) => ({
          ...entry,
          sentence: besideSentence(unit, entry, scene.state.language, view.subject),
        })),
      ],
    ),
    [
      words.notGuessed,
      rest.map((cell) => ({
        cell,
        sentence: `${capital(scene.say(cell.words), scene.state.language)}${cell.range ? ` (${scene.say(cell.range)})` : ""}.`,
      })),
    ],
  ];
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
        {groups
          .filter(([, entries]) => entries.length > 0)
          .map(([title, entries]) => (
            <section key={title}>
              <h4>{title}</h4>
              <ul>
                {entries.map(({ cell, guess, sentence }) => (
                  <li class="rs-row rs-row-guess" key={cell.scale} data-scale={cell.scale}>
                    <div class="rs-row-name">
                      <h5>{scaleTitle(scene, cell.scale)}</h5>
                    </div>
                    <div class="rs-row-picture">
                      <Bar scene={scene} share={cell.share} reference={null} guess={guess} />
                    </div>
                    <p class="rs-verdict">{sentence}</p>
                  </li>
                ))}
              </ul>
            </section>
          ))}
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
