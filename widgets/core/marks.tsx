/** The marks of the pictures, as SVG. Horizontal places are percents of the width, so a picture fits any width. */

import type { ComponentChildren, JSX } from "preact";
import type { Reference, Share } from "../schema/view";
import { ARROWS } from "./drawing";
import type { Scene } from "./scene";

/** In a scale's row, from the top in pixels: the middle of the bar and its height, and the place of the diamond. */
const MIDDLE = 22;
const BAR = 18;
const BELOW = 42;
/** The place of the team's guess: above the bar, where the other diamond never is. */
const ABOVE = 5;

/** The middle of a group's row; on paper rows are lower. */
const LINE = { screen: 20, paper: 13 };

/** The lines at 0, 5 in 10 and 10 in 10, as high as the row, so that rows join into one scale. */
export function Grid(): JSX.Element {
  return (
    <g class="rs-grid">
      {[0, 50, 100].map((at) => (
        <line key={at} x1={`${at}%`} x2={`${at}%`} y1="0" y2="100%" />
      ))}
    </g>
  );
}

interface WhiskerProps {
  low: number;
  high: number;
  y: number;
  /** Whether it lies on other marks: then the wider line beneath keeps it apart from them. */
  crosses?: boolean;
}

/** Where the share could be. */
export function Whisker({ low, high, y, crosses = true }: WhiskerProps): JSX.Element {
  const lines = (
    <>
      <line x1={`${low}%`} x2={`${high}%`} y1={y} y2={y} />
      <line x1={`${low}%`} x2={`${low}%`} y1={y - 5} y2={y + 5} />
      <line x1={`${high}%`} x2={`${high}%`} y1={y - 5} y2={y + 5} />
    </>
  );
  return (
    <g class="rs-whisker" data-low={low} data-high={high}>
      {crosses && <g class="rs-halo">{lines}</g>}
      {lines}
    </g>
  );
}

export function Diamond({ at, y }: { at: number; y: number }): JSX.Element {
  return (
    <svg class="rs-diamond" x={`${at}%`} y={y} width="1" height="1" data-percent={at}>
      <path d="M0-8 6.5 0 0 8-6.5 0Z" />
    </svg>
  );
}

/** The team's guess: a hollow diamond with a dot in it. */
function GuessMark({ at }: { at: number }): JSX.Element {
  return (
    <svg class="rs-diamond rs-guess-mark" x={`${at}%`} y={ABOVE} width="1" height="1" data-guess={at}>
      <path d="M0-7 5.5 0 0 7-5.5 0Z" />
      <circle r="1.8" />
    </svg>
  );
}

/** The stretch from 95 up, or up to 5, in which a share lies that is not shown exactly: drawn open. */
function OpenEnd({ from, to, y, height }: { from: number; to: number; y: number; height: number }): JSX.Element {
  return (
    <g class="rs-open" data-from={from} data-to={to}>
      <line x1={`${from}%`} x2={`${from}%`} y1={y} y2={y + height} />
      {[y + 1, y + height - 1].map((edge) => (
        <line key={edge} class="rs-dashes" x1={`${from}%`} x2={`${to}%`} y1={edge} y2={edge} />
      ))}
    </g>
  );
}

interface PictureProps {
  /** What only the picture says; without it the picture repeats the words beside it and is passed over. */
  label?: string | undefined;
  class: string;
  /** In pixels, where the style sheet does not say. */
  height?: number;
  children: ComponentChildren;
}

export function Picture({ label, children, ...rest }: PictureProps): JSX.Element {
  return (
    <svg width="100%" focusable="false" {...rest} {...said(label)}>
      {children}
    </svg>
  );
}

/** How a picture is read aloud: by its label, or not at all. */
function said(label: string | undefined): { "aria-hidden": true } | { role: "img"; "aria-label": string } {
  return label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
}

interface ArrowProps {
  direction: "up" | "down";
  clear: boolean;
  /** Where no word beside it says the same. */
  label?: string;
}

/** More or less than before. */
export function Arrow({ direction, clear, label }: ArrowProps): JSX.Element {
  return (
    <svg
      class={`rs-arrow${clear ? " rs-arrow-clear" : ""}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      data-direction={direction}
      {...said(label)}
    >
      <path d={ARROWS[direction]} />
    </svg>
  );
}

/** A share that is not shown exactly. */
export function Coded({ coded, y, height }: { coded: Share["coded"]; y: number; height: number }): JSX.Element {
  const [from, to] = coded === "top" ? [95, 100] : [0, 5];
  return <OpenEnd from={from} to={to} y={y} height={height} />;
}

interface SolidProps {
  share: Pick<Share, "percent" | "coded">;
  y: number;
  height: number;
  class: string;
}

/** A bar from 0, open at its end where the share is not shown exactly. */
export function Solid({ share: { percent, coded }, y, height, class: name }: SolidProps): JSX.Element {
  return (
    <>
      {coded !== "bottom" && (
        <rect
          class={name}
          x="0"
          y={y}
          width={`${coded === "top" ? 95 : percent}%`}
          height={height}
          data-percent={percent}
        />
      )}
      {coded && <Coded coded={coded} y={y} height={height} />}
    </>
  );
}

/** A scale's row: a solid bar from 0, one whisker, a hollow diamond. */
export function Bar({
  scene,
  share,
  reference,
  guess,
}: {
  scene: Scene;
  share: Share;
  reference: Reference | null;
  /** What the team guessed, out of 10 students. */
  guess?: number | undefined;
}): JSX.Element {
  const marks = [
    ...(reference === null ? [] : [scene.say(reference.words)]),
    ...(guess === undefined ? [] : [scene.words.guessMark(guess)]),
  ];
  return (
    <Picture class="rs-picture" label={marks.join("; ") || undefined}>
      <Grid />
      <Solid share={share} y={MIDDLE - BAR / 2} height={BAR} class="rs-bar" />
      {!share.coded && <Whisker low={share.low} high={share.high} y={MIDDLE} />}
      {reference !== null && <Diamond at={reference.percent} y={BELOW} />}
      {guess !== undefined && <GuessMark at={10 * guess} />}
    </Picture>
  );
}

/** A group's row: a dot with its interval. */
export function Dot({ scene, share }: { scene: Scene; share: Share }): JSX.Element {
  const y = scene.paper ? LINE.paper : LINE.screen;
  return (
    <Picture class="rs-picture">
      <Grid />
      {share.coded ? (
        <Coded coded={share.coded} y={y - 7} height={14} />
      ) : (
        <>
          <Whisker low={share.low} high={share.high} y={y} />
          <circle class="rs-dot" cx={`${share.percent}%`} cy={y} r="7" data-percent={share.percent} />
        </>
      )}
    </Picture>
  );
}

/** The axis above rows, as wide as their pictures; `row` is the kind of row where it is not the usual one. */
export function Axis({ scene, row = "" }: { scene: Scene; row?: string }): JSX.Element {
  return (
    <div class={`rs-row rs-row-axis ${row}`}>
      <div class="rs-axis" aria-hidden="true">
        {([0, 5, 10] as const).map((tenths) => (
          <span key={tenths}>{scene.words.tenths(tenths)}</span>
        ))}
      </div>
    </div>
  );
}

interface KeyProps {
  scene: Scene;
  /** The mark of the value; null where the picture names its pieces itself. */
  mark: "bar" | "dot" | null;
  interval: boolean;
  open: boolean;
  references: readonly Reference["kind"][];
  /** Whether the team's guess stands on the page. */
  guess?: boolean;
}

/** Names each mark once, and only those that stand on the page. */
export function Key({ scene, mark, interval, open, references, guess = false }: KeyProps): JSX.Element {
  const { words } = scene;
  return (
    <ul class="rs-key" aria-label={words.key}>
      {mark === "bar" && (
        <Named name={words.keyShare} width={36}>
          <rect class="rs-bar" y="3" width="36" height="12" />
        </Named>
      )}
      {mark === "dot" && (
        <Named name={words.keyGroup} width={16}>
          <circle class="rs-dot" cx="8" cy="9" r="7" />
        </Named>
      )}
      {interval && <WhiskerKey name={words.keyInterval} />}
      {references.map((kind) => (
        <Named key={kind} name={words.reference[kind]} width={16}>
          <g class="rs-diamond">
            <path d="M8 1 14.5 9 8 17 1.5 9Z" />
          </g>
        </Named>
      ))}
      {guess && (
        <Named name={words.keyGuess} width={16}>
          <g class="rs-diamond rs-guess-mark">
            <path d="M8 1.5 14 9 8 16.5 2 9Z" />
            <circle cx="8" cy="9" r="1.8" />
          </g>
        </Named>
      )}
      {open && (
        <OpenKey name={words.keyOpen}>{mark === "bar" && <rect class="rs-bar" y="3" width="18" height="12" />}</OpenKey>
      )}
    </ul>
  );
}

export function WhiskerKey({ name }: { name: string }): JSX.Element {
  return (
    <Named name={name} width={36}>
      <g class="rs-whisker">
        <path d="M1 9H35M1 4V14M35 4V14" />
      </g>
    </Named>
  );
}

export function OpenKey({ name, children }: { name: string; children?: ComponentChildren }): JSX.Element {
  return (
    <Named name={name} width={36}>
      {children}
      <g class="rs-open">
        <path d="M18 3V15" />
        <path class="rs-dashes" d="M18 4H36M18 14H36" />
      </g>
    </Named>
  );
}

/** An entry of a key: the mark, and what it is. */
export function Named({
  name,
  width,
  children,
}: {
  name: string;
  width: number;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <li>
      <svg viewBox={`0 0 ${width} 18`} width={width} height="18" aria-hidden="true">
        {children}
      </svg>
      {name}
    </li>
  );
}
