/** What the extension says of itself. A language pack of JupyterLab comes first, then our own Spanish, then English. */

import type { ITranslator } from "@jupyterlab/translation";

const SPANISH = {
  Survey: "Encuesta",
  "Survey view": "Vista de encuesta",
  "Survey view: %1": "Vista de encuesta: %1",
  "Survey: first look": "Encuesta: primer vistazo",
  "Grading: try a policy": "Calificaciones: probar una política",
  "Open a copy of the workshop notebook in the present folder":
    "Abrir una copia del cuaderno del taller en la carpeta actual",
  "The notebook cannot be saved in the folder “%1”: open a folder that you may write to, and try again. (%2)":
    "No se puede guardar el cuaderno en la carpeta «%1»: abra una carpeta en la que pueda escribir e inténtelo de nuevo. (%2)",
  "Survey: open a view…": "Encuesta: abrir una vista…",
  "Open a published survey view (a file that ends in .relsurvey.json)":
    "Abrir una vista de encuesta publicada (un archivo que termina en .relsurvey.json)",
  "Open a survey view": "Abrir una vista de encuesta",
  "Views end in .relsurvey.json.": "Las vistas terminan en .relsurvey.json.",
  "No view was chosen: choose a file that ends in .relsurvey.json.":
    "No se eligió ninguna vista: elija un archivo que termine en .relsurvey.json.",
} as const;

export type Sentence = keyof typeof SPANISH;

/** Says a sentence in the reader's language; `%1`, `%2` stand for the values. */
export type Say = (sentence: Sentence, ...values: string[]) => string;

/** The two letters of JupyterLab's language. */
export function languageOf(translator: ITranslator): string {
  return translator.languageCode.slice(0, 2).toLowerCase();
}

export function speaker(translator: ITranslator): Say {
  const words = translator.load("relsurvey");
  const spanish = languageOf(translator) === "es";
  // With its own marks for values, a sentence that no language pack knows comes back as it went.
  const unknown = (sentence: Sentence): boolean => words.__(sentence, "%1", "%2") === sentence;
  return (sentence, ...values) => words.__(spanish && unknown(sentence) ? SPANISH[sentence] : sentence, ...values);
}
