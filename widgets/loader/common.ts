/** The words that both loaders have, and what may be chosen in their places for files. */

import type { Mode, Role } from "./state";

export interface Common {
  waiting: string;
  alone: string;
  lost: string;
  sending: (name: string) => string;
  cancel: string;
  reading: string;
  under: (n: string) => string;
  copy: string;
  copied: string;
  notCopied: string;
  fromFile: string;
  column: string;
  leaveOut: string;
  choose: string;
  undo: string;
  redo: string;
  kindOf: string;
  kinds: Record<Mode, string>;
  offered: (names: string, kind: string) => string;
  readSo: string;
}

export const commonEn: Common = {
  waiting: "Connecting …",
  alone: "No Python answers. Run the cell above again.",
  lost: "The file could not be read to its end. Choose it again.",
  sending: (name) => `Taking ${name}`,
  cancel: "Cancel",
  reading: "Reading the file …",
  under: (n) => `under ${n}`,
  copy: "Copy",
  copied: "Copied.",
  notCopied: "The browser did not allow copying. Mark the line and copy it.",
  fromFile: "as the file says",
  column: "column",
  leaveOut: "Leave it out",
  choose: "Choose …",
  undo: "Undo",
  redo: "Redo",
  kindOf: "What are the files?",
  kinds: { survey: "Survey answers", gradebook: "Gradebooks" },
  offered: (names, kind) => `${names} was not read: it looks like “${kind}”.`,
  readSo: "Read it so",
};

export const commonEs: Common = {
  waiting: "Conectando …",
  alone: "Python no responde. Ejecute otra vez la celda de arriba.",
  lost: "El archivo no se pudo leer hasta el final. Elíjalo otra vez.",
  sending: (name) => `Recibiendo ${name}`,
  cancel: "Cancelar",
  reading: "Leyendo el archivo …",
  under: (n) => `menos de ${n}`,
  copy: "Copiar",
  copied: "Copiado.",
  notCopied: "El navegador no permitió copiar. Marque la línea y cópiela.",
  fromFile: "según el archivo",
  column: "columna",
  leaveOut: "Dejarla fuera",
  choose: "Elija …",
  undo: "Deshacer",
  redo: "Rehacer",
  kindOf: "¿Qué son los archivos?",
  kinds: { survey: "Respuestas de una encuesta", gradebook: "Calificaciones" },
  offered: (names, kind) => `${names} no se leyó: parece “${kind}”.`,
  readSo: "Leerlo así",
};

const TABLES = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.tsv,.txt,.sav,.zsav,.dta";
const YAML = ".yaml,.yml";

/** What may be chosen in a place. */
export const ACCEPT: Record<Role, string> = { answers: `${TABLES},.zip,${YAML}`, roster: TABLES, instrument: YAML };
