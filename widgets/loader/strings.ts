/** The words of the loader of surveys. Sentences about a file come from the kernel, in English. */

import { type Common, commonEn, commonEs } from "./common";
import type { How, Kind, Part, Target } from "./state";

export interface Strings extends Common {
  title: string;
  promise: string;
  drop: string;
  dropAgain: string;
  dropHint: string;
  is: (form: string, rows: string, columns: number) => string;
  questions: (n: number) => string;
  survey: string;
  recognise: string;
  recognised: (title: string) => string;
  surveyFile: string;
  noSurvey: string;
  newSurvey: string;
  wave: string;
  school: string;
  roster: string;
  rosterHint: string;
  rosterChoose: string;
  rosterRemove: string;
  responseTitle: string;
  responseColumns: [string, string, string];
  apart: string;
  fits: string;
  left: string;
  leftQuestions: (n: number) => string;
  leftLabels: (n: number) => string;
  leftTexts: string;
  leftWaves: string;
  leftTwice: string;
  part: Record<Part, (n: number) => string>;
  partHint: Record<Part, string>;
  more: (n: number) => string;
  kind: Record<Kind, string>;
  filled: (rows: string) => string;
  unlike: string;
  how: Record<How, string>;
  twice: string;
  target: Record<Target, string>;
  identity: Record<string, string>;
  missingTitle: (n: number) => string;
  missingHint: string;
  missingAll: string;
  missingOther: string;
  labelsTitle: (n: number) => string;
  labelsHint: string;
  otherLabelsTitle: (n: number) => string;
  labelRows: (rows: string) => string;
  asItIs: string;
  noAnswer: string;
  keptBack: (rows: string) => string;
  keptBackHint: string;
  account: string;
  accountHint: string;
  use: string;
  used: (students: string) => string;
  next: string;
}

const en: Strings = {
  ...commonEn,
  title: "Load survey answers",
  promise: "The file goes to this notebook’s own Python and nowhere else. No student’s row is shown or saved here.",
  drop: "Choose the survey export, or drop it here",
  dropAgain: "Choose another file, or drop it here",
  dropHint: "Excel, CSV, ODS, SPSS or Stata. A survey’s own YAML file can be dropped here too.",
  is: (form, rows, columns) => `${form}: ${rows} rows, ${columns} columns`,
  questions: (n) => (n === 1 ? "1 column looks like a question." : `${n} columns look like questions.`),
  survey: "Which survey was it?",
  recognise: "Find out by itself",
  recognised: (title) => `Recognized: ${title}`,
  surveyFile: "A survey of your own (YAML file)",
  noSurvey: "This is no survey that is known here. Choose the survey below, or make one of this file:",
  newSurvey: "In a terminal, in the folder of the file",
  wave: "Wave of all rows",
  school: "School of all rows",
  roster: "Who was asked",
  rosterHint: "A list of all students with their ids shows how many of them answered. It is optional.",
  rosterChoose: "Choose the list of students, or drop it here",
  rosterRemove: "Go on without it",
  responseTitle: "Who answered",
  responseColumns: ["Who", "Asked", "Answered"],
  apart: "These files have different headers. Load each one by itself first: what you settle is remembered.",
  fits: "Everything fits. You can use these answers.",
  left: "Before these answers can be used:",
  leftQuestions: (n) => (n === 1 ? "1 question has no column." : `${n} questions have no column.`),
  leftLabels: (n) => (n === 1 ? "1 answer is not known." : `${n} answers are not known.`),
  leftTexts: "Some texts are no answer.",
  leftWaves: "Some rows belong to no wave that is known.",
  leftTwice: "Two columns hold the same question, and some rows fill both: leave one of them out.",
  part: {
    check: (n) => (n === 1 ? "Look over this column" : `Look over these ${n} columns`),
    matched: (n) => (n === 1 ? "1 column that was recognized" : `${n} columns that were recognized`),
    left: (n) => (n === 1 ? "1 column that is left out" : `${n} columns that are left out`),
    found: (n) => (n === 1 ? "1 column of the file" : `${n} columns of the file`),
  },
  partHint: {
    check: "Their names are not quite those of the survey. Say what each one holds.",
    matched: "",
    left: "The survey does not ask for them.",
    found: "",
  },
  more: (n) => `Show ${n} more`,
  kind: {
    question: "looks like a question",
    group: "a few categories",
    choices: "several choices in one cell",
    identity: "who and when",
    meta: "about the answering",
    number: "numbers",
    date: "dates",
    text: "own words",
    empty: "empty",
  },
  filled: (rows) => `${rows} filled`,
  unlike: "like no question of the survey",
  how: {
    name: "by its name",
    wording: "by its wording",
    older: "by an older wording",
    alias: "by part of its name",
    very: "very alike: check it",
    somewhat: "somewhat alike: check it",
    chosen: "you chose it",
    remembered: "as last time",
    meta: "the form program wrote it",
    "": "",
  },
  twice: "two columns hold this",
  target: { items: "Questions", groups: "Groups", identity: "Who and when", comments: "Open questions" },
  identity: {
    respondent: "Student id",
    school: "School",
    team: "Team",
    section: "Class or period",
    teacher: "Teacher",
    grade_level: "Grade level",
    wave: "Wave",
    weight: "Weight",
    date: "Date",
    duration: "How long it took",
  },
  missingTitle: (n) => (n === 1 ? "1 question has no column" : `${n} questions have no column`),
  missingHint: "Give each its column, or mark what the file did not ask.",
  missingAll: "None of them was asked",
  missingOther: "Not in this file, and not needed:",
  labelsTitle: (n) => (n === 1 ? "1 answer that is not known" : `${n} answers that are not known`),
  labelsHint: "Say which answer each of them means.",
  otherLabelsTitle: (n) => (n === 1 ? "1 label that is no category" : `${n} labels that are no category`),
  labelRows: (rows) => `${rows} answers`,
  asItIs: "Leave it as it is",
  noAnswer: "No answer",
  keptBack: (rows) => `Leave out what is no answer (${rows} cells)`,
  keptBackHint: "These texts may be students’ own words, so they are not shown here.",
  account: "What was done with every row and answer",
  accountHint: "Counts under 10 and rare texts are not said here. study.ledger has them all.",
  use: "Use these answers",
  used: (students) => `In use: ${students}.`,
  next: "In the next cell, the widget’s .study holds them, and its .code is the line that does the same.",
};

const es: Strings = {
  ...commonEs,
  title: "Cargar las respuestas de la encuesta",
  promise:
    "El archivo va al Python de este cuaderno y a ningún otro lugar. Aquí no se muestra ni se guarda la fila de ningún estudiante.",
  drop: "Elija la exportación de la encuesta o arrástrela aquí",
  dropAgain: "Elija otro archivo o arrástrelo aquí",
  dropHint: "Excel, CSV, ODS, SPSS o Stata. También puede arrastrar aquí el archivo YAML de una encuesta propia.",
  is: (form, rows, columns) => `${form}: ${rows} filas, ${columns} columnas`,
  questions: (n) => (n === 1 ? "1 columna parece una pregunta." : `${n} columnas parecen preguntas.`),
  survey: "¿Qué encuesta fue?",
  recognise: "Reconocerla",
  recognised: (title) => `Reconocida: ${title}`,
  surveyFile: "Una encuesta propia (archivo YAML)",
  noSurvey: "No es una encuesta que se conozca aquí. Elija abajo la encuesta o haga una con este archivo:",
  newSurvey: "En una terminal, en la carpeta del archivo",
  wave: "Aplicación de todas las filas",
  school: "Escuela de todas las filas",
  roster: "A quiénes se preguntó",
  rosterHint: "Una lista de todos los estudiantes con su número muestra cuántos respondieron. Es opcional.",
  rosterChoose: "Elija la lista de estudiantes o arrástrela aquí",
  rosterRemove: "Seguir sin ella",
  responseTitle: "Quiénes respondieron",
  responseColumns: ["Quiénes", "Invitados", "Respondieron"],
  apart:
    "Estos archivos tienen encabezados distintos. Cargue primero cada uno por separado: lo que decida se recuerda.",
  fits: "Todo coincide. Puede usar estas respuestas.",
  left: "Antes de usar estas respuestas:",
  leftQuestions: (n) => (n === 1 ? "1 pregunta no tiene columna." : `${n} preguntas no tienen columna.`),
  leftLabels: (n) => (n === 1 ? "1 respuesta no se conoce." : `${n} respuestas no se conocen.`),
  leftTexts: "Algunos textos no son una respuesta.",
  leftWaves: "Algunas filas no son de una aplicación conocida.",
  leftTwice: "Dos columnas tienen la misma pregunta y algunas filas llenan ambas: deje fuera una de ellas.",
  part: {
    check: (n) => (n === 1 ? "Revise esta columna" : `Revise estas ${n} columnas`),
    matched: (n) => (n === 1 ? "1 columna reconocida" : `${n} columnas reconocidas`),
    left: (n) => (n === 1 ? "1 columna que queda fuera" : `${n} columnas que quedan fuera`),
    found: (n) => (n === 1 ? "1 columna del archivo" : `${n} columnas del archivo`),
  },
  partHint: {
    check: "Sus nombres no son del todo los de la encuesta. Diga qué contiene cada una.",
    matched: "",
    left: "La encuesta no las pide.",
    found: "",
  },
  more: (n) => `Mostrar ${n} más`,
  kind: {
    question: "parece una pregunta",
    group: "unas pocas categorías",
    choices: "varias opciones en una celda",
    identity: "quién y cuándo",
    meta: "sobre el llenado",
    number: "números",
    date: "fechas",
    text: "palabras propias",
    empty: "vacía",
  },
  filled: (rows) => `${rows} llenas`,
  unlike: "no se parece a ninguna pregunta de la encuesta",
  how: {
    name: "por su nombre",
    wording: "por su redacción",
    older: "por una redacción anterior",
    alias: "por parte de su nombre",
    very: "muy parecida: revísela",
    somewhat: "algo parecida: revísela",
    chosen: "usted la eligió",
    remembered: "como la última vez",
    meta: "la escribió el programa del formulario",
    "": "",
  },
  twice: "dos columnas tienen esto",
  target: { items: "Preguntas", groups: "Grupos", identity: "Quién y cuándo", comments: "Preguntas abiertas" },
  identity: {
    respondent: "Número de estudiante",
    school: "Escuela",
    team: "Equipo",
    section: "Clase o periodo",
    teacher: "Docente",
    grade_level: "Grado",
    wave: "Aplicación",
    weight: "Peso",
    date: "Fecha",
    duration: "Cuánto tardó",
  },
  missingTitle: (n) => (n === 1 ? "1 pregunta no tiene columna" : `${n} preguntas no tienen columna`),
  missingHint: "Dé a cada una su columna o marque lo que este archivo no preguntó.",
  missingAll: "No se preguntó ninguna",
  missingOther: "No están en este archivo ni hacen falta:",
  labelsTitle: (n) => (n === 1 ? "1 respuesta que no se conoce" : `${n} respuestas que no se conocen`),
  labelsHint: "Diga qué respuesta significa cada una.",
  otherLabelsTitle: (n) => (n === 1 ? "1 texto que no es una categoría" : `${n} textos que no son una categoría`),
  labelRows: (rows) => `${rows} respuestas`,
  asItIs: "Dejarlo como está",
  noAnswer: "Sin respuesta",
  keptBack: (rows) => `Dejar fuera lo que no es una respuesta (${rows} celdas)`,
  keptBackHint: "Estos textos pueden ser palabras de estudiantes, por eso no se muestran aquí.",
  account: "Qué se hizo con cada fila y cada respuesta",
  accountHint: "Aquí no se dicen los números menores de 10 ni los textos raros. study.ledger los tiene todos.",
  use: "Usar estas respuestas",
  used: (students) => `En uso: ${students}.`,
  next: "En la celda siguiente, el .study de este control las tiene, y su .code es la línea que hace lo mismo.",
};

export function stringsFor(language: string): Strings {
  return language.startsWith("es") ? es : en;
}
