/** The notebook widget: draws the view a kernel sends and keeps unit, page and language in step with it. */

import { mount, readView, type State, ViewError, type Mounted } from "../core/index";
import { keepKeys } from "./keys";

/** What is used of anywidget's model. */
interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(name: string, listener: () => void): void;
  off(name: string, listener: () => void): void;
}

const TRAITS = ["unit", "page", "language"] as const;

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  let mounted: Mounted | null = null;

  const trait = (name: string): string | undefined => {
    const value = model.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const wished = () => ({ unit: trait("unit"), page: trait("page"), language: trait("language") });

  const onChange = (state: State): void => {
    for (const name of TRAITS) model.set(name, state[name]);
    model.save_changes();
  };
  const follow = (): void => mounted?.show(wished());
  const draw = (): void => {
    mounted?.destroy();
    mounted = null;
    el.replaceChildren();
    try {
      mounted = mount(el, readView(model.get("_view")), { host: "notebook", ...wished(), onChange });
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      const sentence = document.createElement("p");
      sentence.setAttribute("role", "alert");
      sentence.textContent = error.sentence(trait("language") ?? navigator.language.slice(0, 2));
      el.append(sentence);
    }
  };

  keepKeys(el);
  draw();
  model.on("change:_view", draw);
  for (const name of TRAITS) model.on(`change:${name}`, follow);
  return () => {
    model.off("change:_view", draw);
    for (const name of TRAITS) model.off(`change:${name}`, follow);
    mounted?.destroy();
  };
}

export default { render };
