/** The words of the interface. What a view says comes from the kernel, in every language it has. */

import type { Door, Each } from "./state";

export interface Strings {
  title: string;
  promise: string;
  connecting: string;
  alone: string;
  kept: string;
  simulated: string;
  doors: string;
  door: Record<Door, string>;
  doorHint: Record<Door, string>;
  groups: string;
  groupsHint: string;
  noGroups: string;
  each: string;
  eachOf: Record<Each, string>;
  least: string;
  leastHint: (n: number) => string;
  folder: string;
  folderHint: string;
  there: string;
  strategies: string;
  strategiesHint: string;
  tablesOf: string;
  tablesHint: string;
  comments: string;
  checking: string;
  writing: string;
  preview: string;
  before: string;
  nothing: string;
  tables: (shown: number, hidden: number) => string;
  rows: (shown: number, hidden: number) => string;
  figures: (n: number) => string;
  narrowest: (points: number) => string;
  costs: string;
  costHeads: [string, string, string, string, string];
  most: (title: string) => string;
  cost: (hidden: number, pages: number, joined: number, figures: number) => string;
  pages: (n: number) => string;
  whole: (n: number) => string;
  folders: (n: number) => string;
  look: string;
  lookHint: string;
  close: string;
  view: string;
  checked: string;
  write: string;
  waitCheck: string;
  cannot: string;
  again: string;
  undo: string;
  redo: string;
  written: string;
  files: (n: number) => string;
  serve: string;
  code: string;
  copy: string;
  copied: string;
  notCopied: string;
}

const en: Strings = {
  title: "Publish the survey",
  promise: "Choose, see what would be hidden and why, look at it. Nothing is written before the button is pressed.",
  connecting: "Connecting …",
  alone: "No Python answers. Run the cell above again.",
  kept: "What was chosen last, in Python",
  simulated: "Simulated data",
  doors: "What to write",
  door: { html: "HTML file", voila: "App", excel: "Excel workbook", slides: "Slides" },
  doorHint: {
    html: "One file that opens without internet. It can travel.",
    voila: "Served from this computer, behind a link of its own.",
    excel: "Tables and charts, a file for each language. It can travel.",
    slides: "A deck to present, one for each language. It can travel.",
  },
  groups: "Groups to show",
  groupsHint: "The fewer group variables there are, the less has to be hidden.",
  noGroups: "This survey has no group variables.",
  each: "For whom",
  eachOf: {
    "": "One view of all schools and teams",
    school: "A folder for each school",
    team: "A folder for each team",
  },
  least: "Fewest students shown",
  leastHint: (n) => `At least ${n}: what is to be written needs that. It can be raised.`,
  folder: "Folder",
  folderHint: "It is made beside this notebook.",
  there: "There is a view in this folder. The new one takes its place, whole.",
  strategies: "File of strategies",
  strategiesHint: "A YAML file in place of the ready cards on the page Next step; empty for those.",
  tablesOf: "Leave single tables out",
  tablesHint:
    "A table without its mark is not published, and its page says so. Small groups in it stay protected, and another table may be shown that had to be hidden.",
  comments: "Comments that a person released are in the app alone. They are not in what is seen here.",
  checking: "Checking every table for small groups. This may take a minute; the choices can still be changed.",
  writing: "Checking once more, then writing …",
  preview: "What would be hidden, and why",
  before: "This belongs to the choices before.",
  nothing: "Nothing is hidden.",
  tables: (shown, hidden) =>
    `${shown === 1 ? "1 table of groups is shown" : `${shown} tables of groups are shown`}, ${hidden} ${hidden === 1 ? "is" : "are"} not.`,
  rows: (shown, hidden) =>
    `${shown === 1 ? "1 row of groups is shown" : `${shown} rows of groups are shown`}; ${hidden} ${hidden === 1 ? "group has" : "groups have"} no row of their own.`,
  figures: (n) =>
    n === 1
      ? "1 scale or question is left out of a table or page that is shown."
      : `${n} scales and questions are left out of tables and pages that are shown.`,
  narrowest: (points) => `Nobody can work out a hidden group’s share more closely than ${points} points of 100.`,
  costs: "What each group variable hides",
  costHeads: ["Group variable", "Tables", "Not shown", "Some joined or left out", "Figures left out"],
  most: (title) => `Most is hidden because of “${title}”.`,
  cost: (hidden, pages, joined, figures) =>
    [
      hidden > 0 && `not shown on ${hidden} of ${pages} pages`,
      joined > 0 && `something joined or left out on ${joined} of ${pages}`,
      figures > 0 && `${figures} ${figures === 1 ? "figure" : "figures"} left out`,
    ]
      .filter(Boolean)
      .join("; ") || "nothing hidden",
  pages: (n) => (n === 1 ? "1 page on which something is hidden" : `${n} pages on which something is hidden`),
  whole: (n) => (n === 1 ? "On 1 page nothing is hidden." : `On ${n} pages nothing is hidden.`),
  folders: (n) => (n === 1 ? "1 folder would be written" : `${n} folders would be written`),
  look: "Look at it",
  lookHint: "The view as a team would see it.",
  close: "Close the view",
  view: "The view",
  checked: "Checked. Nothing is written yet.",
  write: "Write",
  waitCheck: "Write waits until this is checked.",
  cannot: "This cannot be written. The reason stands above.",
  again: "Written. Write again to replace it.",
  undo: "Undo",
  redo: "Redo",
  written: "Written to",
  files: (n) => (n === 1 ? "1 file" : `${n} files`),
  serve: "To serve the app, in a terminal",
  code: "The same in Python",
  copy: "Copy",
  copied: "Copied.",
  notCopied: "The browser did not allow it. Mark the lines and copy them.",
};

const es: Strings = {
  title: "Publicar la encuesta",
  promise: "Elija, vea qué se ocultaría y por qué, y mire el resultado. No se escribe nada antes de pulsar el botón.",
  connecting: "Conectando …",
  alone: "Python no responde. Ejecute otra vez la celda de arriba.",
  kept: "Lo último que se eligió, en Python",
  simulated: "Datos simulados",
  doors: "Qué se escribe",
  door: { html: "Archivo HTML", voila: "Aplicación", excel: "Libro de Excel", slides: "Diapositivas" },
  doorHint: {
    html: "Un solo archivo que se abre sin internet. Puede circular.",
    voila: "Se ofrece desde esta computadora, con un enlace propio.",
    excel: "Tablas y gráficos, un archivo por idioma. Puede circular.",
    slides: "Una presentación para proyectar, una por idioma. Puede circular.",
  },
  groups: "Grupos que se muestran",
  groupsHint: "Cuantas menos variables de grupo hay, menos hace falta ocultar.",
  noGroups: "Esta encuesta no tiene variables de grupo.",
  each: "Para quién",
  eachOf: {
    "": "Una vista de todas las escuelas y equipos",
    school: "Una carpeta para cada escuela",
    team: "Una carpeta para cada equipo",
  },
  least: "Mínimo de estudiantes",
  leastHint: (n) => `Al menos ${n}: lo exige lo que se va a escribir. Se puede subir.`,
  folder: "Carpeta",
  folderHint: "Se crea junto a este cuaderno.",
  there: "En esta carpeta ya hay una vista. La nueva ocupa su lugar, completa.",
  strategies: "Archivo de estrategias",
  strategiesHint: "Un archivo YAML en lugar de las tarjetas incluidas en la página Próximo paso; vacío para estas.",
  tablesOf: "Dejar fuera tablas sueltas",
  tablesHint:
    "Una tabla sin marca no se publica, y su página lo dice. Sus grupos pequeños siguen protegidos, y puede mostrarse otra tabla que había que ocultar.",
  comments: "Los comentarios que una persona autorizó están solo en la aplicación. No aparecen en lo que se ve aquí.",
  checking:
    "Revisando cada tabla en busca de grupos pequeños. Puede tardar un minuto; mientras tanto se puede cambiar lo elegido.",
  writing: "Revisando una vez más y escribiendo …",
  preview: "Qué se ocultaría y por qué",
  before: "Esto corresponde a lo elegido antes.",
  nothing: "No se oculta nada.",
  tables: (shown, hidden) =>
    `${shown === 1 ? "Se muestra 1 tabla de grupos" : `Se muestran ${shown} tablas de grupos`}; ${hidden} no.`,
  rows: (shown, hidden) =>
    `${shown === 1 ? "Se muestra 1 fila de grupos" : `Se muestran ${shown} filas de grupos`}; ${hidden === 1 ? "1 grupo no tiene" : `${hidden} grupos no tienen`} fila propia.`,
  figures: (n) =>
    n === 1
      ? "Falta 1 escala o pregunta en una tabla o página que se muestra."
      : `Faltan ${n} escalas y preguntas en tablas y páginas que se muestran.`,
  narrowest: (points) =>
    `Nadie puede deducir la proporción de un grupo oculto con un margen de menos de ${points} puntos de 100.`,
  costs: "Qué oculta cada variable de grupo",
  costHeads: ["Variable de grupo", "Tablas", "No se muestran", "Con algo unido o ausente", "Cifras ausentes"],
  most: (title) => `Lo que más se oculta se debe a «${title}».`,
  cost: (hidden, pages, joined, figures) =>
    [
      hidden > 0 && `no se muestra en ${hidden} de ${pages} páginas`,
      joined > 0 && `algo unido o ausente en ${joined} de ${pages}`,
      figures > 0 && (figures === 1 ? "falta 1 cifra" : `faltan ${figures} cifras`),
    ]
      .filter(Boolean)
      .join("; ") || "no oculta nada",
  pages: (n) => (n === 1 ? "1 página en la que se oculta algo" : `${n} páginas en las que se oculta algo`),
  whole: (n) => (n === 1 ? "En 1 página no se oculta nada." : `En ${n} páginas no se oculta nada.`),
  folders: (n) => (n === 1 ? "Se escribiría 1 carpeta" : `Se escribirían ${n} carpetas`),
  look: "Mirar la vista",
  lookHint: "La vista tal como la vería un equipo.",
  close: "Cerrar la vista",
  view: "La vista",
  checked: "Revisado. Aún no se ha escrito nada.",
  write: "Escribir",
  waitCheck: "Se puede escribir cuando termine la revisión.",
  cannot: "Esto no se puede escribir. El motivo está arriba.",
  again: "Escrito. Si se escribe otra vez, se reemplaza.",
  undo: "Deshacer",
  redo: "Rehacer",
  written: "Escrito en",
  files: (n) => (n === 1 ? "1 archivo" : `${n} archivos`),
  serve: "Para ofrecer la aplicación, en una terminal",
  code: "Lo mismo en Python",
  copy: "Copiar",
  copied: "Copiado.",
  notCopied: "El navegador no permitió copiar. Marque las líneas y cópielas.",
};

export function stringsFor(language: string): Strings {
  return language.startsWith("es") ? es : en;
}
