/** Next step: what the team chose before, things to try, and one card to fill in. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Card as EarlierCard, ScaleCell, Strategy } from "../schema/view";
import { standingOut } from "./guesses";
import { Axis, Bar } from "./marks";
import { Link, type Scene, scaleTitle } from "./scene";
import { Sentence, Words } from "./sentences";
import { type CardField, meetingStrings } from "./strings-meeting";
import { type Card, EMPTY_CARD, LONGEST } from "./team";
import { FileTools } from "./team-tools";
import { capital, monthInWords } from "./text";

/** How many strategies stand open before the rest is folded. */
const FEW = 4;

/** The strategies that stand open, then the card, and at last what the folds hold. */
export const PIECES = FEW + 4;

const FIELDS = Object.keys(meetingStrings.en.cardField) as CardField[];
const LONG: ReadonlySet<CardField> = new Set(["noticed", "trying", "looking_at"]);

export function Next({ scene, few }: { scene: Scene; few: number }): JSX.Element {
  const { words, meeting, unit, view } = scene;
  const card = useRef<HTMLElement>(null);
  const [said, say] = useState("");
  const strategies = view.strategies ?? [];
  const opened = meeting.earlier;
  // The card of the opened file may be among those of the view.
  const earlier = [
    ...(opened === null ? [] : [opened]),
    ...(unit.cards ?? []).filter((one) => one.made !== opened?.made),
  ];

  const toCard = (): void => {
    card.current?.querySelector<HTMLElement>("h3")?.focus({ preventScroll: true });
    card.current?.scrollIntoView({ block: "start" });
  };
  const choose = (strategy: Strategy): void => {
    scene.change({ card: chosenCard(scene, strategy), before: meeting, unsaved: true });
    say(words.chosenNow(scene.say(strategy.title)));
    toCard();
  };

  return (
    <>
      {earlier.map((one, index) => (
        <Earlier key={index} scene={scene} card={one} />
      ))}
      <div class="rs-say">
        <p>{strategies.length > 0 ? words.nextSay : words.nextSayPlain}</p>
        {strategies.length > 0 && !scene.paper && (
          <button type="button" class="rs-link rs-to-card" onClick={toCard}>
            {words.toCard}
          </button>
        )}
      </div>
      {strategies.length > 0 && <Strategies scene={scene} strategies={strategies} choose={choose} few={few} />}
      {few > FEW + 1 && (
        <section class="rs-card rs-our" ref={card}>
          <h3 tabIndex={-1}>{words.card}</h3>
          <p class="rs-said rs-screen" role="status">
            {said}
          </p>
          {scene.paper ? <PaperCard scene={scene} /> : <CardFields scene={scene} say={say} />}
        </section>
      )}
    </>
  );
}

/** The card with a strategy on it. What the team wrote itself stays; what an earlier choice wrote does not. */
export function chosenCard(scene: Scene, strategy: Strategy): Card {
  const { card } = scene.meeting;
  const last = strategyOf(scene, card.strategy);
  const filled = (now: string, was: string | null, text: string): string => (now === "" || now === was ? text : now);
  const trying = (of: Strategy): string => `${scene.say(of.title)}: ${scene.say(of.what)}`.slice(0, LONGEST.trying);
  const looking = (of: Strategy): string => scene.say(of.look_at).slice(0, LONGEST.looking_at);
  const wanted = scene.state.part ?? card.scale;
  const scale = wanted !== null && strategy.scales.includes(wanted) ? wanted : (firstScale(scene, strategy) ?? wanted);
  return {
    ...card,
    strategy: strategy.id,
    scale,
    trying: filled(card.trying, last && trying(last), trying(strategy)),
    looking_at: filled(card.looking_at, last && looking(last), looking(strategy)),
  };
}

function firstScale(scene: Scene, { scales }: Strategy): string | null {
  return standingOut(scene).find((scale) => scales.includes(scale)) ?? scales[0] ?? null;
}

function strategyOf(scene: Scene, id: string | null | undefined): Strategy | null {
  return scene.view.strategies?.find((strategy) => strategy.id === id) ?? null;
}

/** What was chosen then, and that scale now. */
function Earlier({ scene, card }: { scene: Scene; card: EarlierCard }): JSX.Element {
  const { words, unit } = scene;
  const { language } = scene.state;
  const wave = scene.say(card.wave);
  const month = monthInWords(card.made, scene.view.made, language);
  // A season may also be that of a year before.
  const dated = /\d/;
  const sure = dated.test(wave) || !dated.test(month);
  const when = (sure && wave) || [wave, month].filter((text) => text !== "").join(" · ");
  const cell = unit.scales.find((candidate) => candidate.scale === card.scale);
  const scale = cell === undefined ? "" : scaleTitle(scene, cell.scale);
  const strategy = strategyOf(scene, card.strategy);
  const first = strategy === null ? words.earlierWrote(scale) : words.earlierChose(scene.say(strategy.title), scale);
  const now = scale && words.hereNow(scale);
  const change =
    sure && wave === scene.say(unit.change?.wave)
      ? unit.change?.cells.find((candidate) => candidate.scale === card.scale)
      : undefined;
  const written = FIELDS.filter((field) => (card[field] ?? "").trim() !== "");
  return (
    <section class="rs-card rs-earlier">
      <p class="rs-say">
        <Sentence scene={scene} text={{ [language]: `${capital(when, language)}: ${first} ${now}` }} />
      </p>
      {cell !== undefined && <ScaleNow scene={scene} cell={cell} />}
      {change?.sentence && <p>{scene.say(change.sentence)}</p>}
      {written.length > 0 && (
        <dl class="rs-said-card">
          {written.map((field) => (
            <div key={field}>
              <dt>{words.cardField[field]}</dt>
              <dd class="rs-own">{card[field]}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function ScaleNow({ scene, cell }: { scene: Scene; cell: ScaleCell }): JSX.Element {
  if (!cell.share) return <p class="rs-soft">{capital(scene.say(cell.words), scene.state.language)}</p>;
  return (
    <>
      <Axis scene={scene} />
      <div class="rs-row rs-rows-plain">
        <p class="rs-row-name">{scaleTitle(scene, cell.scale)}</p>
        <div class="rs-row-picture">
          <Bar scene={scene} share={cell.share} reference={null} />
        </div>
        <p class="rs-row-words">
          <Words scene={scene} words={cell.words} range={cell.range} />
        </p>
      </div>
    </>
  );
}

interface StrategiesProps {
  scene: Scene;
  strategies: readonly Strategy[];
  choose: (strategy: Strategy) => void;
  /** How many to draw now; folds, which are closed, are filled once it is all. */
  few: number;
}

function Strategies({ scene, strategies, choose, few: now }: StrategiesProps): JSX.Element {
  const { words, view } = scene;
  const { part } = scene.state;
  const out = standingOut(scene);
  const rank = ({ scales }: Strategy): number => {
    const ranks = scales.map((scale) => out.indexOf(scale)).filter((at) => at >= 0);
    return ranks.length === 0 ? out.length : Math.min(...ranks);
  };
  const wanted = strategies
    .filter(({ scales }) => part === null || scales.length === 0 || scales.includes(part))
    .sort((a, b) => rank(a) - rank(b));
  const tied = view.scales.filter(({ id }) => strategies.some(({ scales }) => scales.includes(id)));
  const empty = now < Infinity;
  const item = (strategy: Strategy): JSX.Element => (
    <StrategyCard key={strategy.id} scene={scene} strategy={strategy} out={out} choose={choose} empty={empty} />
  );
  const chosen = strategyOf(scene, scene.meeting.card.strategy);
  // On one sheet there is room for the one that was chosen, else for a few and the names of the others.
  const listed = scene.paper && chosen !== null ? [chosen] : wanted;
  const few = listed.length <= FEW + 1 ? listed.length : FEW;
  const more = words.moreStrategies(listed.length - few);
  return (
    <section class="rs-strategies">
      <h3>{words.strategies}</h3>
      {tied.length > 1 && (
        <nav class="rs-variables rs-screen" aria-label={words.strategies}>
          <ul>
            {[null, ...tied].map((scale) => (
              <li key={scale?.id ?? ""}>
                <Link
                  scene={scene}
                  to={{ part: scale?.id ?? null }}
                  class="rs-choice"
                  current={part === (scale?.id ?? null) && "true"}
                >
                  {scale === null ? words.allScales : scene.say(scale.title)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <ul class="rs-strategy-list">{listed.slice(0, Math.min(few, now)).map(item)}</ul>
      {listed.length > few && scene.paper && (
        <p class="rs-note">
          {more}:{" "}
          {listed
            .slice(few)
            .map(({ title }) => scene.say(title))
            .join(", ")}
        </p>
      )}
      {listed.length > few && !scene.paper && (
        <details class="rs-more">
          <summary>{more}</summary>
          <ul class="rs-strategy-list">{!empty && listed.slice(few).map(item)}</ul>
        </details>
      )}
    </section>
  );
}

interface StrategyProps {
  scene: Scene;
  strategy: Strategy;
  out: readonly string[];
  choose: (strategy: Strategy) => void;
  empty: boolean;
}

function StrategyCard({ scene, strategy, out, choose, empty }: StrategyProps): JSX.Element {
  const { words } = scene;
  const chosen = scene.meeting.card.strategy === strategy.id;
  const title = scene.say(strategy.title);
  const known = strategy.scales.filter((scale) => scene.view.scales.some(({ id }) => id === scale));
  const more = (
    <>
      <ol class="rs-steps">
        {strategy.steps.map((step, index) => (
          <li key={index}>{scene.say(step)}</li>
        ))}
      </ol>
      <p>
        <span class="rs-note-name">{words.lookAt}:</span> {scene.say(strategy.look_at)}
      </p>
      <p class="rs-soft">
        {words.source}: {scene.say(strategy.source)}
      </p>
    </>
  );
  return (
    <li class="rs-card rs-strategy" data-strategy={strategy.id}>
      <h4>{title}</h4>
      <p class="rs-soft rs-strategy-scales">
        {known.length === 0
          ? capital(words.anyScale, scene.state.language)
          : known.map((scale) => (
              <span key={scale}>
                {scaleTitle(scene, scale)}
                {out.includes(scale) && <span class="rs-tag">{words.standsOut}</span>}
              </span>
            ))}
      </p>
      <p>{scene.say(strategy.what)}</p>
      {scene.paper ? (
        chosen && more
      ) : (
        <>
          <details class="rs-more">
            <summary>
              {words.howToBegin}
              <span class="rs-away"> {title}</span>
            </summary>
            {!empty && more}
          </details>
          <button type="button" class="rs-button" aria-pressed={chosen} onClick={() => choose(strategy)}>
            {chosen ? `✓ ${words.chosenIs}` : words.choose}
            <span class="rs-away"> {title}</span>
          </button>
        </>
      )}
    </li>
  );
}

function CardFields({ scene, say }: { scene: Scene; say: (text: string) => void }): JSX.Element {
  const { words, meeting, view } = scene;
  const { card } = meeting;
  const write = (part: Partial<Card>): void =>
    scene.change({ card: { ...card, ...part }, before: null, unsaved: true });
  const clear = (): void => {
    scene.change({ card: EMPTY_CARD, before: meeting });
    say(words.cleared);
  };
  const empty = card.scale === null && card.strategy === null && FIELDS.every((field) => card[field] === "");
  return (
    <>
      <div class="rs-fields">
        <label class="rs-field">
          <span>{words.cardScale}</span>
          <select value={card.scale ?? ""} onChange={(event) => write({ scale: event.currentTarget.value || null })}>
            <option value="">{words.cardNone}</option>
            {view.scales.map((scale) => (
              <option key={scale.id} value={scale.id}>
                {scene.say(scale.title)}
              </option>
            ))}
          </select>
        </label>
        {FIELDS.map((field) => (
          <label key={field} class={LONG.has(field) ? "rs-field rs-wide" : "rs-field"}>
            <span>{words.cardField[field]}</span>
            {LONG.has(field) ? (
              <textarea
                rows={2}
                maxLength={LONGEST[field]}
                value={card[field]}
                onInput={(event) => write({ [field]: event.currentTarget.value })}
              />
            ) : (
              <input
                type="text"
                autocomplete="off"
                maxLength={LONGEST[field]}
                value={card[field]}
                onInput={(event) => write({ [field]: event.currentTarget.value })}
              />
            )}
          </label>
        ))}
      </div>
      <p class="rs-note">{words.fileWhat}</p>
      <FileTools scene={scene} save>
        <button type="button" class="rs-button" onClick={() => scene.print("next")}>
          {words.printCard}
        </button>
        {!empty && (
          <button type="button" class="rs-button" onClick={clear}>
            {words.clear}
          </button>
        )}
      </FileTools>
    </>
  );
}

/** The card as it stands, or with room to write by hand. */
function PaperCard({ scene }: { scene: Scene }): JSX.Element {
  const { words, meeting } = scene;
  const { card } = meeting;
  return (
    <dl class="rs-said-card">
      {card.scale !== null && (
        <div>
          <dt>{words.cardScale}</dt>
          <dd>{scaleTitle(scene, card.scale)}</dd>
        </div>
      )}
      {FIELDS.map((field) => (
        <div key={field}>
          <dt>{words.cardField[field]}</dt>
          <dd class={card[field] === "" ? (LONG.has(field) ? "rs-lines" : "rs-line") : "rs-own"}>{card[field]}</dd>
        </div>
      ))}
    </dl>
  );
}
