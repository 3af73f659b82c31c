/** The words of what can be looked for, compared, quoted and taken along. */

import type { Certificate } from "../schema/view";
import type { Sort } from "./address";

export interface PageStrings {
  /** Questions: their order, and the search. */
  order: string;
  orders: Record<"instrument" | Sort, string>;
  mostNotCounted: (label: string) => string;
  find: string;
  found: (k: number, n: number) => string;
  foundNone: string;
  /** Groups: scales of which nothing can be told, folded. */
  unfold: string;
  /** Change: the two surveys. */
  then: string;
  now: string;
  thenOf: (label: string) => string;
  nowOf: (label: string) => string;
  keyThen: string;
  keyNow: string;
  keyArrow: string;
  changeOf: string;
  directions: Record<"up" | "down", string>;
  changeVerdict: Record<"clear" | "maybe" | "about_the_same" | "cannot_tell", string>;
  /** Comments. */
  chosen: string;
  /** Pictures. */
  savePicture: (kind: string) => string;
  pictureFailed: string;
  /** About. */
  certificateTitle: string;
  certificate: Record<
    | "package"
    | "min_n"
    | "width"
    | "narrowest"
    | "tables_shown"
    | "tables_hidden"
    | "groups_shown"
    | "groups_hidden"
    | "figures_withheld"
    | "methods",
    string
  >;
  methods: Record<Certificate["methods"][number], string>;
  audience: string;
  publisher: string;
  license: string;
  fact: string;
  value: string;
}

const en: PageStrings = {
  order: "Order",
  orders: {
    instrument: "As in the survey",
    favorable: "Most favorable first",
    unfavorable: "Most “not favorable” first",
    not_counted: "Most uncounted answers first",
  },
  mostNotCounted: (label) => `Most “${label}” first`,
  find: "Find a question",
  found: (k, n) => (k === n ? `${n} questions` : `${k} of ${n} questions`),
  foundNone: "No question holds these words. Try a part of a word.",
  unfold: "Show each group anyway",
  then: "Then",
  now: "Now",
  thenOf: (label) => `Then: ${label}`,
  nowOf: (label) => `Now: ${label}`,
  keyThen: "then (the upper line)",
  keyNow: "now (the lower line)",
  keyArrow: "from then to now; filled where the change is clear",
  changeOf: "Change",
  directions: { up: "More than then", down: "Fewer than then" },
  changeVerdict: {
    clear: "Clear",
    maybe: "Maybe",
    about_the_same: "About the same",
    cannot_tell: "Cannot tell",
  },
  chosen:
    "Students’ own words. A person read each comment and released it; they stand in a shuffled order, without time or group.",
  savePicture: (kind) => `Save picture (${kind})`,
  pictureFailed: "The browser could not paint it. Save it as SVG.",
  certificateTitle: "How students are protected",
  certificate: {
    package: "Checked with",
    min_n: "Fewest students of anything shown",
    width: "Points that a hidden group’s share must leave open",
    narrowest: "Points that every hidden group’s share leaves open here, at least",
    tables_shown: "Tables of groups shown",
    tables_hidden: "Tables of groups not shown",
    groups_shown: "Groups shown",
    groups_hidden: "Groups joined or not shown",
    figures_withheld: "Scales and questions left out of a page or table",
    methods: "What was tried to find a hidden group",
  },
  methods: {
    rank: "adding and subtracting everything shown",
    overlaps: "comparing every two groups that overlap",
    frechet: "bounds from what the tables by different groups tell together (Fréchet)",
    moves: "moving answers between hidden groups",
    linear: "the limits that all shares set together",
    integer: "the same with whole students",
  },
  audience: "For whom",
  publisher: "By whom",
  license: "Source and licence",
  fact: "What",
  value: "Here",
};

const es: PageStrings = {
  order: "Orden",
  orders: {
    instrument: "Como en la encuesta",
    favorable: "Primero las más favorables",
    unfavorable: "Primero las que tienen más «no favorable»",
    not_counted: "Primero las que tienen más respuestas sin contar",
  },
  mostNotCounted: (label) => `Primero las que tienen más «${label}»`,
  find: "Buscar una pregunta",
  found: (k, n) => (k === n ? `${n} preguntas` : `${k} de ${n} preguntas`),
  foundNone: "Ninguna pregunta contiene estas palabras. Pruebe con una parte de la palabra.",
  unfold: "Mostrar cada grupo de todos modos",
  then: "Antes",
  now: "Ahora",
  thenOf: (label) => `Antes: ${label}`,
  nowOf: (label) => `Ahora: ${label}`,
  keyThen: "antes (la línea de arriba)",
  keyNow: "ahora (la línea de abajo)",
  keyArrow: "de antes a ahora; rellena donde el cambio es claro",
  changeOf: "Cambio",
  directions: { up: "Más que antes", down: "Menos que antes" },
  changeVerdict: {
    clear: "Claro",
    maybe: "Quizás",
    about_the_same: "Más o menos igual",
    cannot_tell: "No se puede saber",
  },
  chosen:
    "Palabras de los propios estudiantes. Una persona leyó y autorizó cada comentario; aparecen mezclados, sin fecha ni grupo.",
  savePicture: (kind) => `Guardar imagen (${kind})`,
  pictureFailed: "El navegador no pudo dibujarla. Guárdela como SVG.",
  certificateTitle: "Cómo se protege a los estudiantes",
  certificate: {
    package: "Comprobado con",
    min_n: "Mínimo de estudiantes en todo lo que se muestra",
    width: "Puntos que debe dejar abiertos la parte de un grupo oculto",
    narrowest: "Puntos que deja abiertos aquí la parte de cada grupo oculto, como mínimo",
    tables_shown: "Tablas de grupos que se muestran",
    tables_hidden: "Tablas de grupos que no se muestran",
    groups_shown: "Grupos que se muestran",
    groups_hidden: "Grupos unidos o que no se muestran",
    figures_withheld: "Escalas y preguntas omitidas de una página o tabla",
    methods: "Qué se intentó para descubrir a un grupo oculto",
  },
  methods: {
    rank: "sumar y restar todo lo que se muestra",
    overlaps: "comparar cada dos grupos que comparten estudiantes",
    frechet: "límites de lo que las tablas por grupos distintos dicen juntas (Fréchet)",
    moves: "mover respuestas entre grupos ocultos",
    linear: "los límites que fijan juntas todas las partes",
    integer: "lo mismo con estudiantes enteros",
  },
  audience: "Para quién",
  publisher: "Por quién",
  license: "Fuente y licencia",
  fact: "Qué",
  value: "Aquí",
};

export const pageStrings = { en, es };
