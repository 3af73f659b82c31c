/** The words of the loader of gradebooks. Sentences about a file come from the kernel, in English. */

import { type Common, commonEn, commonEs } from "./common";
import type { Blank, FieldName, Lacks } from "./grades-state";

export interface Strings extends Common {
  title: string;
  promise: string;
  drop: string;
  dropMore: string;
  dropHint: string;
  rows: (form: string, rows: string) => string;
  remove: string;
  field: Record<FieldName, string>;
  lacking: string;
  lacks: Record<Exclude<Lacks, "all">, string>;
  allFiles: string;
  allFilesHint: string;
  codesTitle: (n: number) => string;
  codesHint: string;
  hidden: string;
  cells: (n: string) => string;
  codes: Record<string, string>;
  numberFor: string;
  blankTitle: string;
  blankHint: (cells: string) => string;
  blanks: Record<Blank, [name: string, what: string]>;
  changes: (changed: string, marks: string) => string;
  changesNone: string;
  low: (low: string, marks: string) => string;
  lowMore: (n: string) => string;
  tableTitle: string;
  apart: string;
  layout: string;
  layouts: Record<string, string>;
  roles: Record<string, string>;
  points: string;
  allPoints: string;
  decimal: string;
  decimals: Record<string, string>;
  dates: string;
  dateOrders: Record<string, string>;
  categoriesTitle: string;
  categoriesHint: string;
  noCategory: string;
  confirm: string;
  read: (courses: number, items: number, scores: string, marks: string, students: string) => string;
  readTitle: string;
  account: string;
  accountHint: string;
  fits: string;
  left: string;
  leftFiles: (n: number) => string;
  leftCodes: (n: number) => string;
  leftBlank: string;
  use: string;
  used: (students: string) => string;
  next: string;
  tryPolicy: string;
}

const many = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;

const en: Strings = {
  ...commonEn,
  title: "Load gradebooks",
  promise:
    "The files go to this notebook’s own Python and nowhere else. No student’s name, id or score is shown or saved here.",
  drop: "Choose gradebook files, or drop them here",
  dropMore: "Choose more files, or drop them here",
  dropHint: "Exports of Canvas, OneRoster (ZIP or CSV), PowerSchool, Aeries, Google Classroom, or a table of your own.",
  rows: (form, rows) => `${form}: ${rows} rows`,
  remove: "Leave it out",
  field: { course: "Course", teacher: "Teacher", section: "Section or period", term: "Term", school: "School" },
  lacking: "The file does not say:",
  lacks: {
    some: "Some rows do not say it.",
    name: "From the file’s name: correct it if it is another.",
  },
  allFiles: "For all files",
  allFilesHint: "What is typed here goes into every file that does not say it.",
  codesTitle: (n) => `${many(n, "text stands", "texts stand")} where scores are`,
  codesHint: "Say what each of them means at this school.",
  hidden: "A text that is not shown, since it may be someone’s own words",
  cells: (n) => `${n} cells`,
  codes: {
    missing: "Missing work",
    excused: "Excused",
    not_assigned: "Not assigned to this student",
    ungraded: "Not graded yet, as an empty cell",
    number: "A number of points",
  },
  numberFor: "Points that it counts",
  blankTitle: "What does an empty cell mean?",
  blankHint: (cells) => `${cells} cells are empty, and marks depend on it.`,
  blanks: {
    ungraded: ["Not graded yet", "It is left out until there is a score."],
    zero: ["Counts as zero", "It is missing work and counts 0."],
    excused: ["Excused", "It never counts, whatever is handed in."],
  },
  changes: (changed, marks) => `Changes ${changed} of ${marks} marks.`,
  changesNone: "Changes no mark.",
  low: (low, marks) => `D or F: ${low} of ${marks}.`,
  lowMore: (n) => `D or F: ${n} more.`,
  tableTitle: "How the table is read",
  apart: "These tables have different headers. Load each one by itself first: what you settle is remembered.",
  layout: "The table has",
  layouts: {
    wide: "a row for each student, a column for each piece of work",
    long: "a row for each score",
    marks: "report-card marks alone",
  },
  roles: {
    student: "Student id",
    subject: "Subject",
    grade_level: "Grade level",
    item: "A piece of work",
    category: "Category",
    due: "Due date",
    submitted: "Handed in on",
    days_late: "Days late",
    points_possible: "Points possible",
    raw: "Points earned",
    percent: "Percent",
    letter: "Letter",
    status: "Status (late, missing …)",
    attempt: "Attempt",
    total: "The course's total, as exported",
    credits: "Credits",
    core: "Core course (yes or no)",
    ag: "A–G course (yes or no)",
    group: "A group of students, to compare",
  },
  points: "Points possible",
  allPoints: "Points possible where nothing else says it",
  decimal: "1,234 is",
  decimals: { ".": "1234", ",": "1 and 234 thousandths" },
  dates: "3/4/2026 is",
  dateOrders: { "month first": "March 4", "day first": "April 3" },
  categoriesTitle: "Categories, worked out from the totals",
  categoriesHint: "Canvas does not export them. So sorted, the work gives every total; change what is not right.",
  noCategory: "Not known",
  confirm: "These categories are right",
  read: (courses, items, scores, marks, students) =>
    `${many(courses, "course", "courses")}, ${many(items, "piece of work", "pieces of work")}, ${scores} scores, ` +
    `${marks} marks, ${students}.`,
  readTitle: "What was read",
  account: "What was done with every row and score",
  accountHint: "Counts under 10 and rare texts are not said here. gradebook.ledger has them all.",
  fits: "Everything fits. You can use this gradebook.",
  left: "Before the gradebook can be used:",
  leftFiles: (n) => `${many(n, "file", "files")} cannot be read.`,
  leftCodes: (n) => `${many(n, "text has", "texts have")} no meaning yet.`,
  leftBlank: "Say what an empty cell means.",
  use: "Use this gradebook",
  used: (students) => `In use: ${students}.`,
  next: "In the next cell, the widget’s .gradebook holds it, and its .code is the line that does the same.",
  tryPolicy: "Next, see what a policy would do to these marks",
};

const es: Strings = {
  ...commonEs,
  title: "Cargar calificaciones",
  promise:
    "Los archivos van al Python de este cuaderno y a ningún otro lugar. Aquí no se muestra ni se guarda el nombre, el número ni la nota de ningún estudiante.",
  drop: "Elija los archivos de calificaciones o arrástrelos aquí",
  dropMore: "Elija más archivos o arrástrelos aquí",
  dropHint: "Exportaciones de Canvas, OneRoster (ZIP o CSV), PowerSchool, Aeries, Google Classroom o una tabla propia.",
  rows: (form, rows) => `${form}: ${rows} filas`,
  remove: "Dejarlo fuera",
  field: {
    course: "Curso",
    teacher: "Docente",
    section: "Grupo o periodo",
    term: "Periodo escolar",
    school: "Escuela",
  },
  lacking: "El archivo no dice:",
  lacks: {
    some: "Algunas filas no lo dicen.",
    name: "Del nombre del archivo: corríjalo si es otro.",
  },
  allFiles: "Para todos los archivos",
  allFilesHint: "Lo que se escriba aquí vale para cada archivo que no lo dice.",
  codesTitle: (n) => `${many(n, "texto está", "textos están")} en lugar de una nota`,
  codesHint: "Diga qué significa cada uno en esta escuela.",
  hidden: "Un texto que no se muestra, porque puede ser de una persona",
  cells: (n) => `${n} celdas`,
  codes: {
    missing: "Trabajo no entregado",
    excused: "Justificado",
    not_assigned: "No asignado a este estudiante",
    ungraded: "Aún sin calificar, como una celda vacía",
    number: "Un número de puntos",
  },
  numberFor: "Puntos que vale",
  blankTitle: "¿Qué significa una celda vacía?",
  blankHint: (cells) => `${cells} celdas están vacías y de eso dependen calificaciones.`,
  blanks: {
    ungraded: ["Aún sin calificar", "Queda fuera hasta que haya una nota."],
    zero: ["Vale cero", "Es trabajo no entregado y vale 0."],
    excused: ["Justificada", "Nunca cuenta, se entregue lo que se entregue."],
  },
  changes: (changed, marks) => `Cambia ${changed} de ${marks} calificaciones.`,
  changesNone: "No cambia ninguna calificación.",
  low: (low, marks) => `D o F: ${low} de ${marks}.`,
  lowMore: (n) => `D o F: ${n} más.`,
  tableTitle: "Cómo se lee la tabla",
  apart: "Estas tablas tienen encabezados distintos. Cargue primero cada una por separado: lo que decida se recuerda.",
  layout: "La tabla tiene",
  layouts: {
    wide: "una fila por estudiante y una columna por trabajo",
    long: "una fila por nota",
    marks: "solo calificaciones de boleta",
  },
  roles: {
    student: "Número de estudiante",
    subject: "Materia",
    grade_level: "Grado",
    item: "Un trabajo",
    category: "Categoría",
    due: "Fecha límite",
    submitted: "Entregado el",
    days_late: "Días de retraso",
    points_possible: "Puntos posibles",
    raw: "Puntos obtenidos",
    percent: "Porcentaje",
    letter: "Letra",
    status: "Estado (tarde, faltante …)",
    attempt: "Intento",
    total: "El total del curso, tal como se exportó",
    credits: "Créditos",
    core: "Materia básica (sí o no)",
    ag: "Materia A–G (sí o no)",
    group: "Un grupo de estudiantes, para comparar",
  },
  points: "Puntos posibles",
  allPoints: "Puntos posibles donde nada más lo dice",
  decimal: "1,234 es",
  decimals: { ".": "1234", ",": "1 y 234 milésimas" },
  dates: "3/4/2026 es",
  dateOrders: { "month first": "4 de marzo", "day first": "3 de abril" },
  categoriesTitle: "Categorías, deducidas de los totales",
  categoriesHint: "Canvas no las exporta. Así ordenados, los trabajos dan cada total; cambie lo que no sea correcto.",
  noCategory: "No se sabe",
  confirm: "Estas categorías son correctas",
  read: (courses, items, scores, marks, students) =>
    `${many(courses, "curso", "cursos")}, ${many(items, "trabajo", "trabajos")}, ${scores} notas, ` +
    `${marks} calificaciones, ${students}.`,
  readTitle: "Qué se leyó",
  account: "Qué se hizo con cada fila y cada nota",
  accountHint: "Aquí no se dicen los números menores de 10 ni los textos raros. gradebook.ledger los tiene todos.",
  fits: "Todo coincide. Puede usar estas calificaciones.",
  left: "Antes de usar estas calificaciones:",
  leftFiles: (n) => `${many(n, "archivo no se puede", "archivos no se pueden")} leer.`,
  leftCodes: (n) => `${many(n, "texto no tiene", "textos no tienen")} significado todavía.`,
  leftBlank: "Diga qué significa una celda vacía.",
  use: "Usar estas calificaciones",
  used: (students) => `En uso: ${students}.`,
  next: "En la celda siguiente, el .gradebook de este control las tiene, y su .code es la línea que hace lo mismo.",
  tryPolicy: "Después, vea qué haría una regla con estas calificaciones",
};

export function stringsFor(language: string): Strings {
  return language.startsWith("es") ? es : en;
}
