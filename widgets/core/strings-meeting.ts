/** The words of a meeting: the cover, the guesses, the next step, the 45-minute path. */

import type { Surprise } from "./guesses";
import type { PageId } from "./strings";
import type { TeamProblem } from "./team";

/** The parts of a team's card that are written by hand. */
export type CardField = "noticed" | "trying" | "who" | "by_when" | "looking_at";

export interface MeetingStrings {
  startPage: string;
  /** Cover. */
  guessFirst: string;
  guessFirstWhat: string;
  showMe: string;
  showMeWhat: string;
  pathLink: string;
  pathWhat: string;
  printAll: string;
  printGuess: string;
  /** Guess first. */
  guessAsk: string;
  guessHow: string;
  guessPaper: string;
  guessOf: (scale: string) => string;
  questionsOf: (k: number) => string;
  noGuess: string;
  takeBack: string;
  surprise: string;
  surpriseWas: string;
  guessMissing: string;
  showAnswers: string;
  changeGuesses: string;
  answersTitle: string;
  higher: string;
  lower: string;
  asGuessed: string;
  notGuessed: string;
  /** The guess beside the answer; `words` is "about 7 in 10", or "nearly all" where a share is coded. */
  beside: (guess: string, words: string, range: string, coded: boolean) => string;
  /** The same of those who answered, and without a number where they are less than half. */
  besideSome: (guess: string, words: string, range: string) => string;
  besideHalf: (guess: string, surprise: Surprise) => string;
  betweenPercent: (low: number, high: number) => string;
  guessed: (k: number) => string;
  biggest: (scale: string, sentence: string) => string;
  /** How the view's own sentence begins where no scale stands out. */
  noneStandsOut: string;
  keyGuess: string;
  guessMark: (k: number) => string;
  notice: string;
  noticeAsk: string;
  wonder: string;
  wonderAsk: string;
  toNext: string;
  /** The team's own file. */
  saveFile: string;
  openFile: string;
  openWhat: string;
  fileWhat: string;
  fileSaved: string;
  fileOpened: string;
  fileEarlier: string;
  fileProblem: Record<TeamProblem, (detail: string) => string>;
  /** Next step. */
  nextSay: string;
  nextSayPlain: string;
  earlierChose: (strategy: string, scale: string) => string;
  earlierWrote: (scale: string) => string;
  hereNow: (scale: string) => string;
  toCard: string;
  strategies: string;
  allScales: string;
  anyScale: string;
  standsOut: string;
  howToBegin: string;
  lookAt: string;
  source: string;
  choose: string;
  chosenNow: (strategy: string) => string;
  chosenIs: string;
  moreStrategies: (k: number) => string;
  card: string;
  cardScale: string;
  cardNone: string;
  cardField: Record<CardField, string>;
  printCard: string;
  clear: string;
  cleared: string;
  undo: string;
  undone: string;
  /** 45-minute path. */
  path: string;
  pathStep: (k: number, n: number) => string;
  pathMinutes: (minutes: number, until: number) => string;
  pathNorm: string;
  pathAsk: Partial<Record<PageId, string>>;
  pathBack: string;
  pathOn: string;
  pathHere: (page: string) => string;
  pathEnd: string;
  pathLeave: string;
  keyStart: string;
  keySteps: string;
}

const en: MeetingStrings = {
  startPage: "Start",
  guessFirst: "Guess first",
  guessFirstWhat: "Guess how students answered, then see their answers beside the guesses.",
  showMe: "Show me",
  showMeWhat: "Go straight to what students say, at a glance.",
  pathLink: "45-minute path",
  pathWhat: "For a team meeting: one page after the other, with minutes and questions to talk about.",
  printAll: "Print all pages",
  printGuess: "Print a guess sheet",
  guessAsk: "Out of 10 students, how many answered favorably? For a scale: to most of its questions.",
  guessHow: "Talk it over, then move each slider. Guesses stay on this page: nothing is sent.",
  guessPaper: "Guess before looking: circle one number in each row. 7 means 7 in 10 students.",
  guessOf: (scale) => `${scale}: guess, out of 10 students`,
  questionsOf: (k) => (k === 1 ? "The question" : `The ${k} questions`),
  noGuess: "no guess yet",
  takeBack: "Take back",
  surprise: "What will surprise us?",
  surpriseWas: "Written before looking:",
  guessMissing: "Move a slider first: there is no guess yet.",
  showAnswers: "Show the answers",
  changeGuesses: "Back to the guesses",
  answersTitle: "The answers beside our guesses",
  higher: "Higher than guessed",
  lower: "Lower than guessed",
  asGuessed: "As guessed, as far as these answers can tell",
  notGuessed: "Without a guess",
  beside: (guess, words, range, coded) =>
    `Guessed ${guess}; ${words} ${coded ? "" : "students "}say so${range && ` (${range})`}.`,
  besideSome: (guess, words, range) =>
    `Guessed ${guess}; of the students who answered, ${words} say so${range && ` (${range})`}.`,
  besideHalf: (guess, surprise) =>
    `Guessed ${guess}; of the students who answered (less than half), ${surprise === "higher" ? "more" : surprise === "lower" ? "fewer" : "about as many"} say so.`,
  betweenPercent: (low, high) => `between ${low} and ${high} percent`,
  guessed: (k) => `${k} in 10`,
  biggest: (scale, sentence) => `The biggest surprise is ${scale}. ${sentence}`,
  noneStandsOut: "We cannot single out one",
  keyGuess: "the team’s guess",
  guessMark: (k) => `the team’s guess: ${k} in 10`,
  notice: "We noticed",
  noticeAsk: "What do the answers say? First only what is there, not yet why.",
  wonder: "We wonder",
  wonderAsk: "What would we like to ask students about it? What are we doing already that shows here?",
  toNext: "On to the next step",
  saveFile: "Save our page",
  openFile: "Open our file",
  openWhat: "What the team saved in an earlier meeting: its guesses and its card.",
  fileWhat:
    "Guesses and card are kept on this page only, until it is closed. Save our page writes them to a file for the team. Please leave out names of students.",
  fileSaved: "Saved to the downloads. Next time, open it here.",
  fileOpened: "Opened: guesses and card are as they were saved.",
  fileEarlier: "Opened: the earlier card stands on Next step.",
  fileProblem: {
    tooLarge: () => "This file is too large to be a team’s file: choose one that “Save our page” made.",
    notTeam: () => "This is not a team’s file: choose one that “Save our page” made, such as our-next-step.json.",
    format: () => "This file was saved by a newer version: open it with the page it was saved from.",
    damaged: (place) => `This file is damaged at “${place}”: choose another copy of it.`,
    otherUnit: (unit) =>
      unit === ""
        ? "This file belongs to another school or team, which is not in this view."
        : `This file belongs to ${unit}: choose that school or team first, then open the file again.`,
    otherView: () => "This file is about something else: open it with the page it was saved from.",
    later: () => "This file is from a later survey than this page: open it with the newer page.",
  },
  nextSay: "Choose one small thing to try, or write another idea on the card.",
  nextSayPlain: "Write one small thing to try on the card.",
  earlierChose: (strategy, scale) => `the team chose ${strategy}${scale && ` for ${scale}`}.`,
  earlierWrote: (scale) => `the team made a plan${scale && ` for ${scale}`}.`,
  hereNow: (scale) => `Here is ${scale} now.`,
  toCard: "Go to the card",
  strategies: "Things to try",
  allScales: "All",
  anyScale: "any scale",
  standsOut: "stands out",
  howToBegin: "How to begin",
  lookAt: "Look at",
  source: "Source",
  choose: "Choose this",
  chosenNow: (strategy) => `${strategy} is on the card.`,
  chosenIs: "Chosen",
  moreStrategies: (k) => `${k} more`,
  card: "Our card",
  cardScale: "About",
  cardNone: "no scale in particular",
  cardField: {
    noticed: "We noticed",
    trying: "We will try",
    who: "Who",
    by_when: "By when",
    looking_at: "We will look at",
  },
  printCard: "Print the card",
  clear: "Clear the card",
  cleared: "The card is empty.",
  undo: "Undo",
  undone: "Undone.",
  path: "45-minute path",
  pathStep: (k, n) => `Step ${k} of ${n}`,
  pathMinutes: (minutes, until) => `${minutes} minutes, until minute ${until}`,
  pathNorm: "About all of us, not one teacher.",
  pathAsk: {
    guess: "One minute alone, then agree on a guess for each. After that, show the answers.",
    glance: "Strengths first: what are we doing that shows here? Then: what deserves a closer look?",
    questions: "Open one scale. Which question would we not have expected?",
    groups: "Is it different for any group here? If so, what in our school could make it so?",
    change: "Did anything change? If so, what could be behind it?",
    comments: "Read in silence for a minute. Which sentence should the whole team hear?",
    weeks: "Did anything change, and when? What were we doing then?",
    practices: "What helped the practices that are in use? Which one is next, and what does it need?",
    try: "Change one thing at a time. Would students know more, or would only the marks be higher?",
    next: "One small thing to try. Fill in the card: who, by when, and what we will look at.",
  },
  pathBack: "Back",
  pathOn: "Go on",
  pathHere: (page) => `Go to ${page}`,
  pathEnd: "Finish",
  pathLeave: "Leave the path",
  keyStart: "start page",
  keySteps: "45-minute path: step back, next step",
};

const es: MeetingStrings = {
  startPage: "Inicio",
  guessFirst: "Adivinar primero",
  guessFirstWhat: "Adivinar cómo respondieron los estudiantes y después ver sus respuestas al lado.",
  showMe: "Ver las respuestas",
  showMeWhat: "Ir directamente a lo que dicen los estudiantes, de un vistazo.",
  pathLink: "Recorrido de 45 minutos",
  pathWhat: "Para una reunión del equipo: una página tras otra, con minutos y preguntas para conversar.",
  printAll: "Imprimir todas las páginas",
  printGuess: "Imprimir una hoja para adivinar",
  guessAsk:
    "De cada 10 estudiantes, ¿cuántos respondieron de forma favorable? En una escala: a la mayoría de sus preguntas.",
  guessHow: "Conversarlo y después mover cada control. Lo adivinado se queda en esta página: no se envía nada.",
  guessPaper: "Adivinar antes de mirar: un número por fila. 7 quiere decir 7 de cada 10 estudiantes.",
  guessOf: (scale) => `${scale}: cuántos de cada 10 estudiantes`,
  questionsOf: (k) => (k === 1 ? "La pregunta" : `Las ${k} preguntas`),
  noGuess: "todavía sin adivinar",
  takeBack: "Quitar",
  surprise: "¿Qué nos va a sorprender?",
  surpriseWas: "Escrito antes de mirar:",
  guessMissing: "Primero hay que mover un control: todavía no hay nada adivinado.",
  showAnswers: "Mostrar las respuestas",
  changeGuesses: "Volver a lo adivinado",
  answersTitle: "Las respuestas al lado de lo adivinado",
  higher: "Más de lo que pensábamos",
  lower: "Menos de lo que pensábamos",
  asGuessed: "Como pensábamos, hasta donde se puede saber",
  notGuessed: "Sin adivinar",
  beside: (guess, words, range) => `Pensábamos en ${guess}; respondieron así: ${words}${range && ` (${range})`}.`,
  besideSome: (guess, words, range) =>
    `Pensábamos en ${guess}; de los estudiantes que respondieron, lo hicieron así: ${words}${range && ` (${range})`}.`,
  besideHalf: (guess, surprise) =>
    `Pensábamos en ${guess}; de los estudiantes que respondieron (menos de la mitad) lo hicieron así ${surprise === "higher" ? "más" : surprise === "lower" ? "menos" : "más o menos esos"}.`,
  betweenPercent: (low, high) => `entre el ${low} y el ${high} por ciento`,
  guessed: (k) => `${k} de cada 10`,
  biggest: (scale, sentence) => `La mayor sorpresa es ${scale}. ${sentence}`,
  noneStandsOut: "No podemos destacar",
  keyGuess: "lo que pensaba el equipo",
  guessMark: (k) => `lo que pensaba el equipo: ${k} de cada 10`,
  notice: "Notamos",
  noticeAsk: "¿Qué dicen las respuestas? Primero solo lo que se ve, todavía no el porqué.",
  wonder: "Nos preguntamos",
  wonderAsk: "¿Qué nos gustaría preguntar a los estudiantes? ¿Qué hacemos ya que se nota aquí?",
  toNext: "Seguir al próximo paso",
  saveFile: "Guardar nuestra página",
  openFile: "Abrir nuestro archivo",
  openWhat: "Lo que el equipo guardó en otra reunión: lo adivinado y la tarjeta.",
  fileWhat:
    "Lo adivinado y la tarjeta están solo en esta página, hasta cerrarla. «Guardar nuestra página» los escribe en un archivo del equipo. Sin nombres de estudiantes, por favor.",
  fileSaved: "Guardado en las descargas. La próxima vez se abre aquí.",
  fileOpened: "Abierto: lo adivinado y la tarjeta están como se guardaron.",
  fileEarlier: "Abierto: la tarjeta anterior está en Próximo paso.",
  fileProblem: {
    tooLarge: () =>
      "Este archivo es demasiado grande para ser de un equipo: hay que elegir uno hecho con «Guardar nuestra página».",
    notTeam: () =>
      "Este no es el archivo de un equipo: hay que elegir uno hecho con «Guardar nuestra página», como our-next-step.json.",
    format: () => "Este archivo se guardó con una versión más nueva: hay que abrirlo en la página donde se guardó.",
    damaged: (place) => `Este archivo está dañado en «${place}»: hay que elegir otra copia.`,
    otherUnit: (unit) =>
      unit === ""
        ? "Este archivo es de otra escuela o de otro equipo, que no está en esta vista."
        : `Este archivo es de ${unit}: hay que elegir primero esa escuela o ese equipo y abrirlo otra vez.`,
    otherView: () => "Este archivo trata de otra cosa: hay que abrirlo en la página donde se guardó.",
    later: () => "Este archivo es de una encuesta posterior a esta página: hay que abrirlo en la página más nueva.",
  },
  nextSay: "Elegir una sola cosa pequeña para probar, o escribir una idea propia en la tarjeta.",
  nextSayPlain: "Escribir en la tarjeta una sola cosa pequeña para probar.",
  earlierChose: (strategy, scale) => `el equipo eligió ${strategy}${scale && ` para ${scale}`}.`,
  earlierWrote: (scale) => `el equipo hizo un plan${scale && ` para ${scale}`}.`,
  hereNow: (scale) => `Así está ahora ${scale}.`,
  toCard: "Ir a la tarjeta",
  strategies: "Cosas para probar",
  allScales: "Todas",
  anyScale: "cualquier escala",
  standsOut: "se destaca",
  howToBegin: "Cómo empezar",
  lookAt: "En qué fijarse",
  source: "Fuente",
  choose: "Elegir esta",
  chosenNow: (strategy) => `${strategy} está en la tarjeta.`,
  chosenIs: "Elegida",
  moreStrategies: (k) => `${k} más`,
  card: "Nuestra tarjeta",
  cardScale: "Sobre",
  cardNone: "ninguna escala en particular",
  cardField: {
    noticed: "Notamos",
    trying: "Vamos a probar",
    who: "Quién",
    by_when: "Para cuándo",
    looking_at: "Nos vamos a fijar en",
  },
  printCard: "Imprimir la tarjeta",
  clear: "Vaciar la tarjeta",
  cleared: "La tarjeta está vacía.",
  undo: "Deshacer",
  undone: "Deshecho.",
  path: "Recorrido de 45 minutos",
  pathStep: (k, n) => `Paso ${k} de ${n}`,
  pathMinutes: (minutes, until) => `${minutes} minutos, hasta el minuto ${until}`,
  pathNorm: "Se trata de todos nosotros, no de un maestro.",
  pathAsk: {
    guess: "Un minuto a solas; después, un número común para cada una. Al final, mostrar las respuestas.",
    glance: "Primero lo que va bien: ¿qué hacemos que se nota aquí? Después: ¿qué conviene mirar de cerca?",
    questions: "Abrir una escala. ¿Qué pregunta no habríamos esperado así?",
    groups: "¿Es distinto aquí para algún grupo? Si es así, ¿qué en nuestra escuela puede causarlo?",
    change: "¿Cambió algo? Si es así, ¿qué puede estar detrás?",
    comments: "Leer un minuto en silencio. ¿Qué frase debería oír todo el equipo?",
    weeks: "¿Cambió algo, y cuándo? ¿Qué hacíamos entonces?",
    practices: "¿Qué ayudó a las prácticas que ya están en uso? ¿Cuál sigue, y qué necesita?",
    try: "Cambiar una sola cosa cada vez. ¿Sabrían más los estudiantes, o solo subirían las calificaciones?",
    next: "Una sola cosa pequeña para probar. Llenar la tarjeta: quién, para cuándo y en qué nos vamos a fijar.",
  },
  pathBack: "Atrás",
  pathOn: "Seguir",
  pathHere: (page) => `Ir a ${page}`,
  pathEnd: "Terminar",
  pathLeave: "Salir del recorrido",
  keyStart: "página de inicio",
  keySteps: "recorrido de 45 minutos: paso anterior, paso siguiente",
};

export const meetingStrings = { en, es };
