/** A place in a notebook where a loader sits: draws what the kernel says, and sends it what the reader does. */

import type { ComponentChild } from "preact";
import { mount, type Place } from "../anywidget/mount";
import { Client } from "./client";
import type { Scene } from "./scene";
import type { Mode, Shared } from "./state";

type Seat<S extends Shared> = Pick<Scene<S>, "client" | "id" | "opened" | "unfold">;

/** Returns what a notebook calls to draw a loader. */
export function rendering<S extends Shared>(
  mode: Mode,
  drawn: (seat: Seat<S>, language: string) => ComponentChild,
): (place: Place) => () => void {
  return (place) => {
    const opened = new Set<string>();
    return mount(
      place,
      "rs-loader",
      (changed) => new Client<S>(place.model, changed, mode),
      (client, { language, id, show }) => {
        const unfold = (name: string, open: boolean): void => {
          if (open === opened.has(name)) return;
          if (!opened.delete(name)) opened.add(name);
          show();
        };
        return drawn({ client, id, opened, unfold }, language);
      },
    );
  };
}
