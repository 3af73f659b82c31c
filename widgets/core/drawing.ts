/** What pictures are drawn with: light colours, a generic font, and lines of text that fit their width by estimate. */

import { type Element, element } from "./markup";

/** The light colours of the page, whatever the screen shows. */
export const COLOURS = {
  ink: "#1a2127",
  soft: "#565e65",
  line: "#d9d8d3",
  edge: "#7d848a",
  paper: "#ffffff",
  favorable: "#12768a",
  "favorable-mid": "#69aebb",
  "favorable-tint": "#cfe7eb",
  unfavorable: "#97631b",
  "unfavorable-mid": "#cfa464",
  "unfavorable-tint": "#f3e3c7",
  neutral: "#d5d8da",
  "neutral-edge": "#7d848a",
};

/** How wide a letter is at most, in parts of the font size: no font is known where the picture will be seen. */
function letter(character: string): number {
  if (/[\s.,:;'’|!()[\]ijlIft·]/u.test(character)) return 0.36;
  if (/[mwMW@%—…]/u.test(character)) return 0.95;
  if (/\p{Script=Latin}|\p{N}|\p{P}/u.test(character)) return /\p{Lu}/u.test(character) ? 0.74 : 0.61;
  return 1;
}

export function widthOf(text: string, size: number, bold = false): number {
  let width = 0;
  for (const character of text) width += letter(character);
  return width * size * (bold ? 1.08 : 1);
}

/** Cuts a text into lines; a word too long for a line is cut too. */
export function linesOf(text: string, width: number, size: number, bold = false): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer, size, bold) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    while (widthOf(word, size, bold) > width && word.length > 1) {
      const whole = [...word];
      let fits = whole.length - 1;
      while (fits > 1 && widthOf(whole.slice(0, fits).join(""), size, bold) > width) fits -= 1;
      lines.push(whole.slice(0, fits).join(""));
      word = whole.slice(fits).join("");
    }
    line = word;
  }
  return line === "" ? lines : [...lines, line];
}

export interface Style {
  size?: number;
  bold?: boolean;
  colour?: string;
  anchor?: "start" | "middle" | "end";
}

export const LEADING = 1.35;

export function line(text: string, x: number, y: number, style: Style = {}): Element {
  const { size = 14, bold, colour = COLOURS.ink, anchor } = style;
  return element(
    "text",
    {
      x: round(x),
      y: round(y),
      "font-size": size,
      "font-weight": bold ? 700 : undefined,
      "text-anchor": anchor === "start" ? undefined : anchor,
      fill: colour,
    },
    text,
  );
}

/** A paragraph whose first line begins at a height; with the height at which the next thing may begin. */
export function paragraph(
  text: string,
  x: number,
  top: number,
  width: number,
  style: Style = {},
): { marks: Element[]; bottom: number } {
  const { size = 14, bold = false } = style;
  const lines = linesOf(text, width, size, bold);
  const marks = lines.map((words, index) => line(words, x, top + size + index * size * LEADING, style));
  return { marks, bottom: top + lines.length * size * LEADING };
}

export const round = (value: number): number => Math.round(value * 100) / 100;

export function rectangle(x: number, y: number, width: number, height: number, fill: string, stroke?: string): Element {
  return element("rect", {
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    fill,
    stroke,
  });
}

export function path(d: string, stroke: string, more: Element["attributes"] = {}): Element {
  return element("path", { d, fill: "none", stroke, "stroke-width": 2, ...more });
}

export function whisker(low: number, high: number, y: number): Element {
  const [a, b] = [round(low), round(high)];
  const d = `M${a} ${y}H${b}M${a} ${y - 5}V${y + 5}M${b} ${y - 5}V${y + 5}`;
  return element("g", {}, path(d, COLOURS.paper, { "stroke-width": 4.5 }), path(d, COLOURS.ink));
}

export function diamond(x: number, y: number): Element {
  const d = `M${round(x)} ${y - 8}l6.5 8-6.5 8-6.5-8Z`;
  return path(d, COLOURS.ink, { fill: COLOURS.paper });
}

export function dot(x: number, y: number, hollow = false): Element {
  return element("circle", {
    cx: round(x),
    cy: y,
    r: 6.5,
    fill: hollow ? COLOURS.paper : COLOURS.favorable,
    stroke: hollow ? COLOURS.favorable : COLOURS.paper,
    "stroke-width": 2,
  });
}

/** The stretch in which a share lies that is not shown exactly. */
export function openEnd(from: number, to: number, y: number, height: number): Element {
  const [a, b] = [round(from), round(to)];
  return element(
    "g",
    {},
    path(`M${a} ${y}V${y + height}`, COLOURS.favorable),
    path(`M${a} ${y + 1}H${b}M${a} ${y + height - 1}H${b}`, COLOURS.favorable, { "stroke-dasharray": "3 3" }),
  );
}

export const ARROWS = {
  up: "M8 1.5 14 8H10.5V14.5H5.5V8H2Z",
  down: "M8 14.5 2 8H5.5V1.5H10.5V8H14Z",
};

export function arrow(direction: "up" | "down", x: number, y: number, filled: boolean): Element {
  return path(ARROWS[direction], COLOURS.ink, {
    transform: `translate(${round(x)} ${round(y)})`,
    fill: filled ? COLOURS.ink : "none",
    "stroke-width": 1.5,
    "stroke-linejoin": "round",
  });
}
