/** A place in a notebook where a loader sits: draws what the kernel says, and sends it what the reader does. */

import type { ComponentChild } from "preact";
import { type Model, mount } from "../anywidget/mount";
import { Client } from "./client";
import type { Scene } from "./scene";
import type { Mode, Shared } from "./state";

type Seat<S extends Shared> = Pick<Scene<S>, "client" | "id" | "opened" | "unfold">;
type Render = (place: { model: Model; el: HTMLElement }) => () => void;

let number = 0;

/** Returns what a notebook calls to draw a loader. */
export function rendering<S extends Shared>(
  mode: Mode,
  drawn: (seat: Seat<S>, language: string) => ComponentChild,
): Render {
  return ({ model, el }) => {
    const prefix = `rs-loader-${++number}`;
    const opened = new Set<string>();
    const unfold = (name: string, open: boolean): void => {
      if (open === opened.has(name)) return;
      if (!opened.delete(name)) opened.add(name);
      mounted.show();
    };
    const id = (name: string): string => `${prefix}-${name}`;
    const mounted = mount(model, el, "rs-loader", (language) => drawn({ client, id, opened, unfold }, language));
    const client = new Client<S>(model, () => mounted.show(), mode);
    mounted.show();
    return () => {
      client.close();
      mounted.remove();
    };
  };
}
