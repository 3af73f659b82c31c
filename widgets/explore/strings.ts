/** The words of the interface. Sentences about students come from the kernel, in every language it has. */

import type { MarkKind, State } from "./state";

export interface Strings {
  title: Record<State["kind"], string>;
  connecting: string;
  alone: string;
  working: string;
  simulated: string;
  scales: string;
  questionsOf: (scale: string) => string;
  what: string;
  by: Record<State["kind"], string>;
  /** What the instrument does not name; "" is no variable. */
  unit: Record<string, string>;
  key: string;
  mark: Record<MarkKind, string>;
  interval: string;
  limits: (low: string, high: string) => string;
  from: (value: string, low: string, high: string) => string;
  code: string;
  copyTable: string;
  copyCode: string;
  copied: string;
  notCopied: string;
  download: string;
  saved: string;
}

const en: Strings = {
  title: { reliability: "Reliability of the scales", compare: "Compare groups of students" },
  connecting: "Connecting …",
  alone: "No Python answers. Run the cell above again.",
  working: "Working …",
  simulated: "Simulated data",
  scales: "Scales",
  questionsOf: (scale) => `Questions of “${scale}”`,
  what: "Scale or question",
  by: { reliability: "Groups", compare: "Compared by" },
  unit: { "": "All students together", school: "School", team: "Team", wave: "Wave" },
  key: "What the marks are",
  mark: {
    alpha: "Alpha",
    omega: "Omega",
    share: "Students of the group who answered favorably",
    others: "The other groups that are shown, together",
  },
  interval: "95 % interval",
  limits: (low, high) => `Limits: ${low} and ${high}`,
  from: (value, low, high) => `${value}, ${low} to ${high}`,
  code: "The same in Python",
  copyTable: "Copy table",
  copyCode: "Copy code",
  copied: "Copied.",
  notCopied: "The browser did not allow copying. Mark the text and copy it.",
  download: "Download as Excel file",
  saved: "Saved: groups of fewer than 11 students are not in it.",
};

const es: Strings = {
  title: { reliability: "Fiabilidad de las escalas", compare: "Comparar grupos de estudiantes" },
  connecting: "Conectando …",
  alone: "Python no responde. Ejecute otra vez la celda de arriba.",
  working: "Calculando …",
  simulated: "Datos simulados",
  scales: "Escalas",
  questionsOf: (scale) => `Preguntas de «${scale}»`,
  what: "Escala o pregunta",
  by: { reliability: "Grupos", compare: "Comparar por" },
  unit: { "": "Todos los estudiantes juntos", school: "Escuela", team: "Equipo", wave: "Aplicación" },
  key: "Qué son las marcas",
  mark: {
    alpha: "Alfa",
    omega: "Omega",
    share: "Estudiantes del grupo que respondieron de forma favorable",
    others: "Los demás grupos que se muestran, juntos",
  },
  interval: "Intervalo del 95 %",
  limits: (low, high) => `Límites: ${low} y ${high}`,
  from: (value, low, high) => `${value}, ${low} a ${high}`,
  code: "Lo mismo en Python",
  copyTable: "Copiar la tabla",
  copyCode: "Copiar el código",
  copied: "Copiado.",
  notCopied: "El navegador no permitió copiar. Seleccione el texto y cópielo.",
  download: "Descargar como archivo de Excel",
  saved: "Guardado: no contiene grupos de menos de 11 estudiantes.",
};

export function stringsFor(language: string): Strings {
  return language === "es" ? es : en;
}
