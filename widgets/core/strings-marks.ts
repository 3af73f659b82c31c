/** The words of a view of marks: its own pages, and what it calls by another name than a view of answers does. */

import type { Adopted, Outcome } from "../schema/view";
import type { Strings } from "./strings";

export interface MarkStrings {
  /** In place of "what favorable means": the rules behind the measures. */
  rulesTitle: string;
  /** Weeks. */
  week: string;
  percent: string;
  median: string;
  weekFew: string;
  keyWeek: string;
  keyGap: string;
  keyCoded: string;
  phase: string;
  /** Practices. */
  practicesIn: (k: number, n: number, teams: number) => string;
  practicesUp: (k: number) => string;
  practicesHow: string;
  inUse: string;
  movedUp: string;
  others: string;
  yes: string;
  moved: Record<NonNullable<Adopted["moved"]>, string>;
  movedSince: string;
  practice: string;
  teamsAt: (stage: string) => string;
  teamCount: (k: number) => string;
  /** Try. */
  trySay: string;
  ifNothing: string;
  asNow: string;
  tryNow: string;
  tryThen: string;
  tryHint: string;
  notTried: string;
  besides: Record<Outcome["beside"], string>;
}

/** Parts of the interface that another subject calls differently, one level deep. */
type Others = {
  [K in keyof Strings]?: Strings[K] extends string | ((...given: never[]) => unknown)
    ? Strings[K]
    : Partial<Strings[K]>;
};

const en: MarkStrings = {
  rulesTitle: "The rules behind these measures",
  week: "Week",
  percent: "Percent of the week’s work",
  median: "median of all weeks",
  weekFew: "too little work to show",
  keyWeek: "one week",
  keyGap: "no dot: too little work to show that week",
  keyCoded: "hollow dot: 5 in 100 or less, or 95 in 100 or more",
  phase: "From this week on",
  practicesIn: (k, n, teams) =>
    `${k === 0 ? "No practice is" : `${k} of ${n} practices ${k === 1 ? "is" : "are"}`} in use${teams > 1 ? " by every team" : ""}${k === 0 ? " yet" : ""}.`,
  practicesUp: (k) => `${k} moved up since last time.`,
  practicesHow: "Each team agreed on one stage for each practice. No teacher’s own stage is asked or shown.",
  inUse: "In use",
  movedUp: "Moving up",
  others: "Other practices",
  yes: "yes",
  moved: { up: "moved up", down: "moved down", same: "as last time" },
  movedSince: "Since last time",
  practice: "Practice",
  teamsAt: (stage) => `Teams: ${stage}`,
  teamCount: (k) => (k === 1 ? "1 team" : `${k} teams`),
  trySay: "Choose a policy and see what it would do to these marks: the same work, another rule.",
  ifNothing: "If nothing else changed",
  asNow: "As now",
  tryNow: "Now",
  tryThen: "Then",
  tryHint: "Nothing is changed yet: choose another rule.",
  notTried: "This combination is not shown.",
  besides: { same: "About the same", more: "More", fewer: "Fewer" },
};

const es: MarkStrings = {
  rulesTitle: "Las reglas de estas medidas",
  week: "Semana",
  percent: "Porcentaje del trabajo de la semana",
  median: "mediana de todas las semanas",
  weekFew: "muy poco trabajo para mostrarlo",
  keyWeek: "una semana",
  keyGap: "sin punto: muy poco trabajo esa semana para mostrarlo",
  keyCoded: "punto hueco: 5 de cada 100 o menos, o 95 de cada 100 o más",
  phase: "Desde esta semana",
  practicesIn: (k, n, teams) =>
    `${k === 0 ? "Todavía ninguna práctica está" : `${k} de ${n} prácticas ${k === 1 ? "está" : "están"}`} en uso${teams > 1 ? " en todos los equipos" : ""}.`,
  practicesUp: (k) => (k === 1 ? "1 avanzó desde la última vez." : `${k} avanzaron desde la última vez.`),
  practicesHow: "Cada equipo acordó una etapa para cada práctica. No se pide ni se muestra la etapa de ningún maestro.",
  inUse: "En uso",
  movedUp: "Avanzan",
  others: "Otras prácticas",
  yes: "sí",
  moved: { up: "avanzó", down: "retrocedió", same: "como la última vez" },
  movedSince: "Desde la última vez",
  practice: "Práctica",
  teamsAt: (stage) => `Equipos: ${stage}`,
  teamCount: (k) => (k === 1 ? "1 equipo" : `${k} equipos`),
  trySay: "Elegir una política y ver qué haría con estas calificaciones: el mismo trabajo, otra regla.",
  ifNothing: "Si nada más cambiara",
  asNow: "Como ahora",
  tryNow: "Ahora",
  tryThen: "Así",
  tryHint: "Todavía no cambia nada: elegir otra regla.",
  notTried: "Esta combinación no se muestra.",
  besides: { same: "Más o menos igual", more: "Más", fewer: "Menos" },
};

const othersEn: Others = {
  pages: { questions: "In detail", change: "Since the term before" },
  pagesShort: { questions: "Detail" },
  keyShare: "students for whom it is true",
  keyGroup: "students of the group for whom it is true",
  keyInterval: "where the share could be",
  favorableMeans: "What is counted",
  favorable: "True",
  unfavorable: "Not true",
  answers: "Parts",
  notInScale: "Other details",
  column: { scale: "Measure", question: "Detail", percent: "Percent of students" },
  scalesTitle: "How far each measure can be trusted",
  ledgerTitle: "What was done with the marks",
  provenance: {
    instrument: "Measures",
    instrument_sha256: "Fingerprint of the measures",
    input_sha256: "Fingerprint of the gradebook",
  },
  problem: {
    notJson: () => "This view of marks is not whole: copy the file again, or publish it again with relsurvey.",
    format: (found) => `This view of marks has format ${found} and only format 1 can be drawn here: publish it again.`,
    damaged: (place) => `This view of marks is damaged at “${place}”: publish it again with relsurvey.`,
  },
  orders: {
    instrument: "As listed",
    favorable: "Most students first",
    unfavorable: "Fewest students first",
    not_counted: "Most not counted first",
  },
  find: "Find a detail",
  found: (k, n) => (k === n ? `${n} details` : `${k} of ${n} details`),
  foundNone: "No detail holds these words. Try a part of a word.",
  certificate: { figures_withheld: "Measures and details left out of a page or table" },
  methods: { moves: "moving students between hidden groups" },
  guessFirstWhat: "Guess how students are doing, then see the numbers beside the guesses.",
  showMeWhat: "Go straight to how students are doing, at a glance.",
  guessAsk: "Out of 10 students, for how many is each of these true?",
  questionsOf: (k) => (k === 1 ? "The detail" : `The ${k} details`),
  showAnswers: "Show the numbers",
  answersTitle: "The numbers beside our guesses",
  asGuessed: "As guessed, as far as these marks can tell",
  beside: (guess, words, range) => `Guessed ${guess}; it is ${words}${range && ` (${range})`}.`,
  besideSome: (guess, words, range) =>
    `Guessed ${guess}; of the students with marks, it is ${words}${range && ` (${range})`}.`,
  besideHalf: (guess, surprise) =>
    `Guessed ${guess}; of the students with marks (less than half), it is ${surprise === "higher" ? "more" : surprise === "lower" ? "fewer" : "about as many"}.`,
  noticeAsk: "What do the numbers say? First only what is there, not yet why.",
  fileProblem: { later: () => "This file is from a later term than this page: open it with the newer page." },
  anyScale: "any measure",
  cardNone: "no measure in particular",
  pathAsk: {
    guess: "One minute alone, then agree on a guess for each measure. After that, show the numbers.",
    questions: "Open one measure. Which detail would we not have expected?",
  },
};

const othersEs: Others = {
  pages: { questions: "En detalle", change: "Desde el período anterior" },
  pagesShort: { questions: "Detalle" },
  keyShare: "estudiantes en quienes se cumple",
  keyGroup: "estudiantes del grupo en quienes se cumple",
  keyInterval: "dónde podría estar la parte",
  favorableMeans: "Qué se cuenta",
  favorable: "Se cumple",
  unfavorable: "No se cumple",
  answers: "Partes",
  notInScale: "Otros detalles",
  column: { scale: "Medida", question: "Detalle", percent: "Porcentaje de estudiantes" },
  scalesTitle: "Hasta dónde se puede confiar en cada medida",
  ledgerTitle: "Qué se hizo con las calificaciones",
  provenance: {
    instrument: "Medidas",
    instrument_sha256: "Huella digital de las medidas",
    input_sha256: "Huella digital de los registros de calificaciones",
  },
  orders: {
    instrument: "Como en la lista",
    favorable: "Primero los de más estudiantes",
    unfavorable: "Primero los de menos estudiantes",
    not_counted: "Primero los que tienen más sin contar",
  },
  mostNotCounted: (label) => `Primero los que tienen más «${label}»`,
  find: "Buscar un detalle",
  found: (k, n) => (k === n ? `${n} detalles` : `${k} de ${n} detalles`),
  foundNone: "Ningún detalle contiene estas palabras. Pruebe con una parte de la palabra.",
  certificate: { figures_withheld: "Medidas y detalles omitidos de una página o tabla" },
  methods: { moves: "mover estudiantes entre grupos ocultos" },
  guessFirstWhat: "Adivinar cómo van los estudiantes y después ver las cifras al lado.",
  showMe: "Ver las cifras",
  showMeWhat: "Ir directamente a cómo van los estudiantes, de un vistazo.",
  guessAsk: "De cada 10 estudiantes, ¿en cuántos se cumple cada una de estas medidas?",
  questionsOf: (k) => (k === 1 ? "El detalle" : `Los ${k} detalles`),
  showAnswers: "Mostrar las cifras",
  answersTitle: "Las cifras al lado de lo adivinado",
  beside: (guess, words, range) => `Pensábamos en ${guess}; son ${words}${range && ` (${range})`}.`,
  besideSome: (guess, words, range) =>
    `Pensábamos en ${guess}; de los estudiantes con calificaciones, son ${words}${range && ` (${range})`}.`,
  besideHalf: (guess, surprise) =>
    `Pensábamos en ${guess}; de los estudiantes con calificaciones (menos de la mitad), son ${surprise === "higher" ? "más" : surprise === "lower" ? "menos" : "más o menos esos"}.`,
  noticeAsk: "¿Qué dicen las cifras? Primero solo lo que se ve, todavía no el porqué.",
  fileProblem: {
    later: () => "Este archivo es de un período posterior a esta página: hay que abrirlo en la página más nueva.",
  },
  anyScale: "cualquier medida",
  cardNone: "ninguna medida en particular",
  pathAsk: {
    guess: "Un minuto a solas; después, un número común para cada medida. Al final, mostrar las cifras.",
    questions: "Abrir una medida. ¿Qué detalle no habríamos esperado así?",
  },
};

export const markStrings = { en, es };

const OTHERS: Record<string, Others> = { en: othersEn, es: othersEs };

/** The interface of a view of marks. */
export function ofMarks(language: string, words: Strings): Strings {
  const mine = Object.entries(OTHERS[language] ?? {}).map(([name, other]) => {
    const usual: unknown = words[name as keyof Strings];
    return [name, typeof other === "object" ? { ...(usual as object), ...other } : other];
  });
  return { ...words, ...(Object.fromEntries(mine) as Partial<Strings>) };
}
