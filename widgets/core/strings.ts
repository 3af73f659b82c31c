/** The words of the interface. Sentences about students come with the view, from Python. */

import type { GroupCell, Reference, Scale, View } from "../schema/view";
import { type MarkStrings, markStrings, ofMarks } from "./strings-marks";
import { type MeetingStrings, meetingStrings } from "./strings-meeting";
import { type PageStrings, pageStrings } from "./strings-pages";

export type PageId =
  | "cover"
  | "guess"
  | "glance"
  | "questions"
  | "groups"
  | "change"
  | "comments"
  | "weeks"
  | "practices"
  | "try"
  | "next"
  | "about";

export interface Strings extends PageStrings, MeetingStrings, MarkStrings {
  pages: Record<PageId, string>;
  /** The same names where room is short. */
  pagesShort: Record<PageId, string>;
  pagesLabel: string;
  simulated: string;
  unitSchool: string;
  unitTeam: string;
  schools: string;
  teams: string;
  language: string;
  /** The key of the pictures. */
  key: string;
  keyShare: string;
  keyGroup: string;
  keyInterval: string;
  keyOpen: string;
  reference: Record<Reference["kind"], string>;
  tenths: (k: 0 | 5 | 10) => string;
  favorableMeans: string;
  unfavorable: string;
  favorable: string;
  middle: string;
  answers: string;
  reading: Record<Scale["reading"], string>;
  verdict: Record<NonNullable<GroupCell["verdict"]>, string>;
  groupBy: string;
  hasClear: string;
  notInScale: string;
  /** Tables. */
  showTable: string;
  hideTable: string;
  tableOf: (page: string, unit: string) => string;
  copy: string;
  copied: string;
  notCopied: string;
  save: string;
  saved: string;
  column: {
    scale: string;
    question: string;
    group: string;
    students: string;
    words: string;
    range: string;
    percent: string;
    low: string;
    high: string;
    compared: string;
    reading: string;
    note: string;
    what: string;
    why: string;
  };
  percentOf: (label: string) => string;
  orMore: string;
  orLess: string;
  /** About. */
  scalesTitle: string;
  ledgerTitle: string;
  provenanceTitle: string;
  provenance: {
    package: string;
    instrument: string;
    instrument_sha256: string;
    input_sha256: string;
    min_n: string;
    same_within: string;
    made: string;
  };
  students: (n: number) => string;
  points: (n: number) => string;
  /** Keys. */
  print: string;
  keys: string;
  keysOn: string;
  close: string;
  keyNames: Record<"pages" | "table" | "language" | "print" | "help", string>;
  /** Why a document cannot be drawn, each with what to do. */
  problem: Record<"none" | "notJson" | "notView" | "format" | "damaged", (detail: string) => string>;
}

const en: Strings = {
  ...pageStrings.en,
  ...meetingStrings.en,
  ...markStrings.en,
  pages: {
    cover: "Start",
    guess: "Guess first",
    glance: "At a glance",
    questions: "Questions",
    groups: "Groups",
    change: "Since the survey before",
    comments: "In their words",
    weeks: "Week by week",
    practices: "Practices",
    try: "Try a policy",
    next: "Next step",
    about: "About these numbers",
  },
  pagesShort: {
    cover: "Start",
    guess: "Guess first",
    glance: "At a glance",
    questions: "Questions",
    groups: "Groups",
    change: "Change",
    comments: "In their words",
    weeks: "Weeks",
    practices: "Practices",
    try: "Try",
    next: "Next step",
    about: "About",
  },
  pagesLabel: "Pages",
  simulated: "Simulated data",
  unitSchool: "School",
  unitTeam: "School or team",
  schools: "Schools",
  teams: "Teams",
  language: "Language",
  key: "Key",
  keyShare: "students who answered favorably to most questions",
  keyGroup: "students of the group who answered favorably to most questions",
  keyInterval: "where the favorable share could be",
  keyOpen: "open end: the exact share is not shown",
  reference: { other_schools: "other schools", rest_of_school: "other students of this school" },
  tenths: (k) => (k === 0 ? "0" : `${k} in 10`),
  favorableMeans: "What “favorable” means",
  unfavorable: "Not favorable",
  favorable: "Favorable",
  middle: "In the middle",
  answers: "Answers",
  reading: {
    report: "Read as one",
    with_care: "Read with care",
    one_by_one: "Read one by one",
    too_few: "Too few students to check",
  },
  verdict: {
    clear: "Clear",
    maybe: "Maybe",
    about_the_same: "About the same",
    cannot_tell: "Cannot tell",
    too_few: "Too few students",
  },
  groupBy: "Compare students by",
  hasClear: "clear difference",
  notInScale: "Other questions",
  showTable: "Show the table",
  hideTable: "Hide the table",
  tableOf: (page, unit) => `${page}: ${unit}`,
  copy: "Copy",
  copied: "Copied. Paste it into a spreadsheet.",
  notCopied: "The browser did not allow copying. Use “Save as CSV”.",
  save: "Save as CSV",
  saved: "Saved to your downloads.",
  column: {
    scale: "Scale",
    question: "Question",
    group: "Group",
    students: "Students",
    words: "In words",
    range: "Range",
    percent: "Percent favorable",
    low: "From",
    high: "To",
    compared: "Beside all other students",
    reading: "How to read it",
    note: "Why",
    what: "What was done",
    why: "Note",
  },
  percentOf: (label) => `${label}, percent`,
  orMore: "95 or more",
  orLess: "5 or less",
  scalesTitle: "How far each scale can be trusted",
  ledgerTitle: "What was done with the answers",
  provenanceTitle: "Where the numbers come from",
  provenance: {
    package: "Made with",
    instrument: "Survey",
    instrument_sha256: "Fingerprint of the survey",
    input_sha256: "Fingerprint of the answers",
    min_n: "Smallest group shown",
    same_within: "“About the same” means within",
    made: "Made on",
  },
  students: (n) => `${n} students`,
  points: (n) => `${n} percent points`,
  print: "Print",
  keys: "Keys",
  keysOn: "Use these keys",
  close: "Close",
  keyNames: {
    pages: "page before, next page",
    table: "show or hide the table",
    language: "change the language",
    print: "print, one sheet a page",
    help: "this list",
  },
  problem: {
    none: () => "There is no survey view in this page: publish it again with relsurvey.",
    notJson: () => "This survey view is not whole: copy the file again, or publish it again with relsurvey.",
    notView: () => "This is not a survey view: open a file that relsurvey published, such as view.relsurvey.json.",
    format: (found) => `This survey view has format ${found} and only format 1 can be drawn here: publish it again.`,
    damaged: (place) => `This survey view is damaged at “${place}”: publish it again with relsurvey.`,
  },
};

const es: Strings = {
  ...pageStrings.es,
  ...meetingStrings.es,
  ...markStrings.es,
  pages: {
    cover: "Inicio",
    guess: "Adivinar primero",
    glance: "De un vistazo",
    questions: "Preguntas",
    groups: "Grupos",
    change: "Desde la encuesta anterior",
    comments: "Con sus palabras",
    weeks: "Semana a semana",
    practices: "Prácticas",
    try: "Probar una política",
    next: "Próximo paso",
    about: "Sobre estas cifras",
  },
  pagesShort: {
    cover: "Inicio",
    guess: "Adivinar primero",
    glance: "De un vistazo",
    questions: "Preguntas",
    groups: "Grupos",
    change: "Cambio",
    comments: "Con sus palabras",
    weeks: "Semanas",
    practices: "Prácticas",
    try: "Probar",
    next: "Próximo paso",
    about: "Sobre las cifras",
  },
  pagesLabel: "Páginas",
  simulated: "Datos simulados",
  unitSchool: "Escuela",
  unitTeam: "Escuela o equipo",
  schools: "Escuelas",
  teams: "Equipos",
  language: "Idioma",
  key: "Clave",
  keyShare: "estudiantes que respondieron de forma favorable a la mayoría de las preguntas",
  keyGroup: "estudiantes del grupo que respondieron de forma favorable a la mayoría de las preguntas",
  keyInterval: "dónde podría estar la parte favorable",
  keyOpen: "extremo abierto: no se muestra el valor exacto",
  reference: { other_schools: "otras escuelas", rest_of_school: "los demás estudiantes de esta escuela" },
  tenths: (k) => (k === 0 ? "0" : `${k} de 10`),
  favorableMeans: "Qué quiere decir «favorable»",
  unfavorable: "No favorable",
  favorable: "Favorable",
  middle: "En el medio",
  answers: "Respuestas",
  reading: {
    report: "Se lee en conjunto",
    with_care: "Leer con cuidado",
    one_by_one: "Leer una por una",
    too_few: "Muy pocos estudiantes para comprobarlo",
  },
  verdict: {
    clear: "Clara",
    maybe: "Quizás",
    about_the_same: "Más o menos igual",
    cannot_tell: "No se puede saber",
    too_few: "Muy pocos estudiantes",
  },
  groupBy: "Comparar estudiantes por",
  hasClear: "diferencia clara",
  notInScale: "Otras preguntas",
  showTable: "Mostrar la tabla",
  hideTable: "Ocultar la tabla",
  tableOf: (page, unit) => `${page}: ${unit}`,
  copy: "Copiar",
  copied: "Copiado. Péguelo en una hoja de cálculo.",
  notCopied: "El navegador no permitió copiar. Use «Guardar como CSV».",
  save: "Guardar como CSV",
  saved: "Guardado en sus descargas.",
  column: {
    scale: "Escala",
    question: "Pregunta",
    group: "Grupo",
    students: "Estudiantes",
    words: "En palabras",
    range: "Margen",
    percent: "Porcentaje favorable",
    low: "Desde",
    high: "Hasta",
    compared: "Frente a los demás estudiantes",
    reading: "Cómo leerla",
    note: "Por qué",
    what: "Qué se hizo",
    why: "Nota",
  },
  percentOf: (label) => `${label}, porcentaje`,
  orMore: "95 o más",
  orLess: "5 o menos",
  scalesTitle: "Hasta dónde se puede confiar en cada escala",
  ledgerTitle: "Qué se hizo con las respuestas",
  provenanceTitle: "De dónde vienen las cifras",
  provenance: {
    package: "Hecho con",
    instrument: "Encuesta",
    instrument_sha256: "Huella digital de la encuesta",
    input_sha256: "Huella digital de las respuestas",
    min_n: "Grupo más pequeño que se muestra",
    same_within: "«Más o menos igual» quiere decir a menos de",
    made: "Hecho el",
  },
  students: (n) => `${n} estudiantes`,
  points: (n) => `${n} puntos porcentuales`,
  print: "Imprimir",
  keys: "Teclas",
  keysOn: "Usar estas teclas",
  close: "Cerrar",
  keyNames: {
    pages: "página anterior, página siguiente",
    table: "mostrar u ocultar la tabla",
    language: "cambiar de idioma",
    print: "imprimir, una hoja por página",
    help: "esta lista",
  },
  problem: {
    none: () => "En esta página no hay una vista de encuesta: publíquela de nuevo con relsurvey.",
    notJson: () => "Esta vista no está completa: copie otra vez el archivo o publíquela de nuevo con relsurvey.",
    notView: () =>
      "Esto no es una vista de encuesta: abra un archivo publicado por relsurvey, como view.relsurvey.json.",
    format: (found) =>
      `Esta vista tiene el formato ${found} y aquí solo se puede mostrar el formato 1: publíquela de nuevo.`,
    damaged: (place) => `Esta vista está dañada en «${place}»: publíquela de nuevo con relsurvey.`,
  },
};

const byLanguage: Record<string, Strings> = { en, es };

const ofMarksByLanguage: Record<string, Strings> = { en: ofMarks("en", en), es: ofMarks("es", es) };

/** The interface in a language, or in English where it has not been translated. */
export function stringsFor(language: string, subject: View["subject"] = "answers"): Strings {
  const known = subject === "marks" ? ofMarksByLanguage : byLanguage;
  return known[language] ?? known[language.split("-")[0] ?? ""] ?? known["en"] ?? en;
}
