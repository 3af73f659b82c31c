/** The words of the release screen. */

import type { Kind } from "./state";

export interface Strings {
  title: string;
  promise: string;
  readAll: string;
  waiting: string;
  alone: string;
  unread: (n: number, since: string, by: string) => string;
  late: (n: number, since: string, by: string) => string;
  noneUnread: string;
  dangers: (n: number) => string;
  decided: (released: number, held: number, passedOn: number) => string;
  comment: string;
  danger: string;
  adult: string;
  marked: string;
  kind: Record<Kind, string>;
  release: string;
  hold: string;
  passOn: string;
  skip: string;
  undo: string;
  seeReleased: string;
  released: string;
  takeBack: string;
  takenBack: string;
  sure: string;
  sureRelease: string;
  back: string;
  contact: (contact: string) => string;
  toWhom: string;
  note: string;
  told: string;
  keys: string;
}

const en: Strings = {
  title: "Comments to read",
  promise:
    "Nothing is shown to anybody until it is released here. Released comments are shown in the app alone, by school, " +
    "where ten or more students wrote, in no order that says who. No comment is saved in this notebook.",
  readAll: "Words are marked, not meanings: what is said in other words is not seen, so each comment is to be read.",
  waiting: "Waiting for the kernel …",
  alone: "No kernel answers. Run the cell again.",
  unread: (n, since, by) => `Unread comments: ${n}, the oldest since ${since}, to be read by ${by}.`,
  late: (n, since, by) =>
    `Unread comments: ${n}, the oldest since ${since}. It was to be read by ${by}, and that day has passed.`,
  noneUnread: "No comment is unread.",
  dangers: (n) => `With words of danger: ${n}; these come first.`,
  decided: (released, held, passedOn) => `Released: ${released}. Held: ${held}. Passed on: ${passedOn}.`,
  comment: "Comment",
  danger: "Words of danger. If a student may be in danger, pass it on now.",
  adult: "It names an adult, so it cannot be released.",
  marked: "Marked in it",
  kind: {
    self_harm: "self-harm",
    abuse: "abuse or neglect",
    weapons: "weapons",
    threat: "threat",
    adult: "an adult’s name",
    email: "e-mail address",
    url: "web address",
    phone: "telephone number",
    address: "address",
    handle: "account name",
    id: "number that may be an id",
    name: "perhaps a name",
    role: "somebody’s role in the school",
  },
  release: "Release",
  hold: "Hold",
  passOn: "Pass on now",
  skip: "Skip",
  undo: "Undo",
  seeReleased: "Take back a release",
  released: "Released comments",
  takeBack: "Take it back",
  takenBack:
    "It is taken back and held, and this is noted in the log. Views already handed out keep it; publishing again leaves " +
    "it out.",
  sure: "Do these words mean no danger at all?",
  sureRelease: "No danger: release",
  back: "Back",
  contact: (contact) =>
    `Safety contact: ${contact}. Who wrote it is in the file that was read: look for these words there.`,
  toWhom: "Passed on to (a name or an office)",
  note: "Note that it was passed on",
  told: "It is noted in the log, with the time. Nothing is sent: tell them now.",
  keys: "Keys: R release, H hold, P pass on, S skip, U undo.",
};

const es: Strings = {
  title: "Comentarios por leer",
  promise:
    "Nada se muestra a nadie hasta que se libera aquí. Los comentarios liberados se muestran solo en la aplicación, por " +
    "escuela, donde escribieron diez estudiantes o más, en un orden que no dice de quién son. Ningún comentario se " +
    "guarda en este cuaderno.",
  readAll:
    "Se marcan palabras, no significados: lo que se dice de otro modo no se detecta, así que hay que leer cada comentario.",
  waiting: "Esperando al kernel …",
  alone: "Ningún kernel responde. Ejecute la celda otra vez.",
  unread: (n, since, by) =>
    `Comentarios sin leer: ${n}; el más antiguo, desde el ${since}, debe leerse a más tardar el ${by}.`,
  late: (n, since, by) =>
    `Comentarios sin leer: ${n}; el más antiguo, desde el ${since}, debía leerse a más tardar el ${by}, y ese día ya pasó.`,
  noneUnread: "No hay comentarios sin leer.",
  dangers: (n) => `Con palabras de peligro: ${n}; van primero.`,
  decided: (released, held, passedOn) => `Liberados: ${released}. Retenidos: ${held}. Canalizados: ${passedOn}.`,
  comment: "Comentario",
  danger: "Palabras de peligro. Si un estudiante puede estar en peligro, hay que canalizarlo ahora.",
  adult: "Nombra a un adulto, así que no puede liberarse.",
  marked: "Lo que se marcó",
  kind: {
    self_harm: "autolesión",
    abuse: "abuso o descuido",
    weapons: "armas",
    threat: "amenaza",
    adult: "nombre de un adulto",
    email: "correo electrónico",
    url: "dirección web",
    phone: "número de teléfono",
    address: "domicilio",
    handle: "nombre de cuenta",
    id: "número que puede ser una matrícula",
    name: "quizá un nombre",
    role: "cargo de alguien en la escuela",
  },
  release: "Liberar",
  hold: "Retener",
  passOn: "Canalizar ahora",
  skip: "Saltar",
  undo: "Deshacer",
  seeReleased: "Retirar uno liberado",
  released: "Comentarios liberados",
  takeBack: "Retirar",
  takenBack:
    "Queda retirado y retenido, y se anota en el registro. Las vistas ya entregadas lo conservan; al publicar otra vez, " +
    "queda fuera.",
  sure: "¿Estas palabras no significan ningún peligro?",
  sureRelease: "No hay peligro: liberar",
  back: "Volver",
  contact: (contact) =>
    `Contacto de seguridad: ${contact}. Quién lo escribió está en el archivo que se leyó: hay que buscar allí estas palabras.`,
  toWhom: "Canalizado a (un nombre o una oficina)",
  note: "Anotar que se canalizó",
  told: "Queda anotado en el registro, con la hora. No se envía nada: hay que avisar ahora.",
  keys: "Teclas: R liberar, H retener, P canalizar, S saltar, U deshacer.",
};

export function stringsFor(language: string): Strings {
  return language === "es" ? es : en;
}
