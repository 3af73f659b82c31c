/** The words of the interface. Sentences about marks come from the kernel, in every language it has. */

import type { Lack, MEASURES, Part, Problem } from "./state";

export interface Strings {
  title: string;
  connecting: string;
  alone: string;
  promise: string;
  rules: string;
  undo: string;
  redo: string;
  reset: string;
  pin: string;
  part: Record<Part, string>;
  use: string;
  mixed: string;
  lack: Record<Exclude<Lack, "">, string>;
  problem: (problem: Problem) => string;
  cannot: string;
  /** A rule's settings, and the entries of those that are menus. */
  setting: Record<string, string>;
  codes: string;
  empty: string;
  day: string;
  addDay: string;
  removeDay: (day: string) => string;
  sum: (sum: string) => string;
  from: string;
  roundTo: string;
  rounds: Record<"" | "0" | "1" | "2", string>;
  passFrom: string;
  results: string;
  students: string;
  measure: Record<(typeof MEASURES)[number], string>;
  own: string;
  tried: string;
  pinned: (n: number) => string;
  take: (n: number) => string;
  unpin: (n: number) => string;
  by: string;
  byOf: Record<"" | "school" | "course", string>;
  said: string;
  steps: string;
  code: string;
  copyCode: string;
  copyTable: string;
  copied: string;
  notCopied: string;
  save: string;
  files: string;
}

const en: Strings = {
  title: "Try a grading policy",
  connecting: "Connecting …",
  alone: "No Python answers. Run the cell above again.",
  promise: "If nothing else changed",
  rules: "Rules",
  undo: "Undo",
  redo: "Redo",
  reset: "Start again",
  pin: "Keep beside (3 at most)",
  part: {
    floor: "Lowest percent",
    missing: "Missing work",
    retake: "Retakes",
    late: "Late work",
    makeup: "Make-up days",
    drop_lowest: "Lowest scores left out",
    weights: "Weights of categories (else points are added up)",
    exclude: "Categories that are no part of the mark",
    cuts: "Letters",
    round: "Rounding",
    pass: "Courses without letters, passed or not",
  },
  use: "This rule holds",
  mixed: "The courses’ own rules differ here. Each keeps its own until this is changed.",
  lack: {
    scores: "The score of every piece of work would be needed.",
    missing: "No work in the gradebook is marked as missing.",
    attempts: "The file holds one attempt at each piece of work: the score of every attempt would be needed.",
    dates: "The days work was due and was handed in would be needed, or how many days late it was.",
    categories: "The category of every piece of work would be needed.",
    differ: "The courses have different categories: weights can be tried on one course at a time.",
    passes: "No course in the gradebook is marked as passed or not passed.",
  },
  problem: (problem) => {
    switch (problem.kind) {
      case "weights":
        return `The weights add up to ${problem.sum} %, not to 100 %: nothing is computed.`;
      case "order":
        return `${problem.lower} does not start below ${problem.upper}.`;
      case "hole":
        return `The letters have a hole: there is none under ${problem.from} %. The last one starts at 0.`;
      case "floor":
        return "Missing work counts as the lowest percent, and there is none.";
    }
  },
  cannot: "not computed",
  setting: {
    percent: "Lowest percent",
    on: "Of what",
    score: "Every score",
    mark: "The mark on the report card",
    counts_as: "Missing work counts",
    zero: "Zero, whatever the lowest percent",
    floor: "The lowest percent",
    excused: "Nothing: it is excused",
    below: "First score below",
    cap: "A new score counts at most",
    keep: "What counts",
    best: "The highest score",
    last: "The last score",
    average: "The average",
    count: "New tries that count",
    "retake window": "Days after the first try",
    per_day: "Taken off a day",
    lowest: "Not below",
    "late window": "Days, then zero",
    credit: "Counts of its score",
    "makeup window": "Days late at most",
  },
  codes: "Only what is marked",
  empty: "empty: no limit",
  day: "Day of making up",
  addDay: "Add day",
  removeDay: (day) => `Remove ${day}`,
  sum: (sum) => `Together: ${sum} %`,
  from: "from",
  roundTo: "The percent, before its letter",
  rounds: {
    "": "Not rounded",
    "0": "To a whole number",
    "1": "To one decimal",
    "2": "To two decimals",
  },
  passFrom: "Passed from",
  results: "What the marks would be",
  students: "students",
  measure: {
    df_marks: "Marks that are D or F",
    any_df: "Students with any D or F",
    one_two: "Students with 1 or 2",
    three_plus: "Students with 3 or more",
    c_or_better: "Marks that are C or better",
    gpa: "GPA",
    changed: "Marks that change letter",
    up: "Marks that move up",
    down: "Marks that move down",
  },
  own: "The courses’ own rules",
  tried: "Tried now",
  pinned: (n) => `Kept ${n}`,
  take: (n) => `Try kept policy ${n} again`,
  unpin: (n) => `Remove kept policy ${n}`,
  by: "The same by",
  byOf: { "": "All students together", school: "School", course: "Course" },
  said: "The policy in words",
  steps: "The arithmetic",
  code: "The same in Python",
  copyCode: "Copy code",
  copyTable: "Copy table",
  copied: "Copied.",
  notCopied: "The browser did not allow copying. Mark the text and copy it.",
  save: "Save as YAML",
  files: "Save as YAML, one file a course",
};

const es: Strings = {
  title: "Probar una política de calificación",
  connecting: "Conectando …",
  alone: "Python no responde. Ejecute otra vez la celda de arriba.",
  promise: "Si nada más cambiara",
  rules: "Reglas",
  undo: "Deshacer",
  redo: "Rehacer",
  reset: "Empezar de nuevo",
  pin: "Guardar al lado (3 como máximo)",
  part: {
    floor: "Porcentaje mínimo",
    missing: "Trabajos no entregados",
    retake: "Segundas oportunidades",
    late: "Entregas tardías",
    makeup: "Días de recuperación",
    drop_lowest: "Calificaciones más bajas que se omiten",
    weights: "Peso de las categorías (si no, se suman los puntos)",
    exclude: "Categorías que no son parte de la nota",
    cuts: "Letras",
    round: "Redondeo",
    pass: "Cursos sin letras, aprobados o no",
  },
  use: "Esta regla rige",
  mixed: "Aquí las reglas propias de los cursos difieren. Cada uno conserva la suya hasta que se cambie.",
  lack: {
    scores: "Haría falta la calificación de cada trabajo.",
    missing: "Ningún trabajo está marcado como no entregado.",
    attempts: "El archivo tiene un intento por trabajo: haría falta la calificación de cada intento.",
    dates: "Harían falta las fechas de vencimiento y de entrega, o los días de retraso.",
    categories: "Haría falta la categoría de cada trabajo.",
    differ: "Los cursos tienen categorías distintas: los pesos se prueban en un curso a la vez.",
    passes: "Ningún curso está marcado como aprobado o no aprobado.",
  },
  problem: (problem) => {
    switch (problem.kind) {
      case "weights":
        return `Los pesos suman ${problem.sum} %, no 100 %: no se calcula nada.`;
      case "order":
        return `${problem.lower} no empieza por debajo de ${problem.upper}.`;
      case "hole":
        return `Las letras tienen un hueco: no hay ninguna por debajo de ${problem.from} %. La última empieza en 0.`;
      case "floor":
        return "Lo no entregado cuenta el porcentaje mínimo, y no hay ninguno.";
    }
  },
  cannot: "no calculado",
  setting: {
    percent: "Porcentaje mínimo",
    on: "De qué",
    score: "Cada calificación",
    mark: "La nota de la boleta",
    counts_as: "Lo no entregado cuenta",
    zero: "Cero, sea cual sea el mínimo",
    floor: "El porcentaje mínimo",
    excused: "Nada: queda justificado",
    below: "Primera calificación menor que",
    cap: "Una nueva cuenta como máximo",
    keep: "Qué cuenta",
    best: "La calificación más alta",
    last: "La última",
    average: "El promedio",
    count: "Intentos nuevos que cuentan",
    "retake window": "Días después del primer intento",
    per_day: "Se quita por día",
    lowest: "No menos de",
    "late window": "Días; después, cero",
    credit: "Cuenta de su calificación",
    "makeup window": "Días de retraso como máximo",
  },
  codes: "Solo lo marcado",
  empty: "vacío: sin límite",
  day: "Día de recuperación",
  addDay: "Añadir día",
  removeDay: (day) => `Quitar ${day}`,
  sum: (sum) => `Juntos: ${sum} %`,
  from: "desde",
  roundTo: "El porcentaje, antes de su letra",
  rounds: { "": "Sin redondear", "0": "A un número entero", "1": "A un decimal", "2": "A dos decimales" },
  passFrom: "Aprobado desde",
  results: "Cómo serían las notas",
  students: "estudiantes",
  measure: {
    df_marks: "Notas que son D o F",
    any_df: "Estudiantes con alguna D o F",
    one_two: "Estudiantes con 1 o 2",
    three_plus: "Estudiantes con 3 o más",
    c_or_better: "Notas que son C o más",
    gpa: "Promedio (GPA)",
    changed: "Notas que cambian de letra",
    up: "Notas que suben",
    down: "Notas que bajan",
  },
  own: "Las reglas propias de los cursos",
  tried: "Lo que se prueba",
  pinned: (n) => `Guardada ${n}`,
  take: (n) => `Probar otra vez la política guardada ${n}`,
  unpin: (n) => `Quitar la política guardada ${n}`,
  by: "Lo mismo por",
  byOf: { "": "Todos los estudiantes juntos", school: "Escuela", course: "Curso" },
  said: "La política en palabras",
  steps: "El cálculo",
  code: "Lo mismo en Python",
  copyCode: "Copiar el código",
  copyTable: "Copiar la tabla",
  copied: "Copiado.",
  notCopied: "El navegador no permitió copiar. Seleccione el texto y cópielo.",
  save: "Guardar como YAML",
  files: "Guardar como YAML, un archivo por curso",
};

export function stringsFor(language: string): Strings {
  return language === "es" ? es : en;
}
