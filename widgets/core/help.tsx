/** The list of keys. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Scene } from "./scene";

interface HelpProps {
  scene: Scene;
  open: boolean;
  close: () => void;
  /** Single letters can be in the way of speech input and other tools, so they can be turned off. */
  keysOn: boolean;
  setKeysOn: (on: boolean) => void;
}

export function Help({ scene, open, close, keysOn, setKeysOn }: HelpProps): JSX.Element {
  const { words } = scene;
  const dialog = useRef<HTMLDialogElement>(null);
  const last = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) {
      dialog.current?.showModal();
      // Not by `autofocus`: the dialog stands in the page from the start, and the browser would try it then.
      last.current?.focus();
    } else dialog.current?.close();
  }, [open]);
  const names: [string[], string][] = [
    [["←", "→"], words.keyNames.pages],
    [["t"], words.keyNames.table],
    ...(scene.view.languages.length > 1 ? [[["l"], words.keyNames.language] as [string[], string]] : []),
    [["p"], words.keyNames.print],
    [["s"], words.keyStart],
    ...(scene.state.path === null ? [] : [[["b", "n"], words.keySteps] as [string[], string]]),
    [["?"], words.keyNames.help],
  ];
  return (
    <dialog class="rs-help" ref={dialog} onClose={close} aria-label={words.keys}>
      <h2>{words.keys}</h2>
      <dl>
        {names.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <label class="rs-check">
        <input type="checkbox" checked={keysOn} onChange={(event) => setKeysOn(event.currentTarget.checked)} />
        {words.keysOn}
      </label>
      <button type="button" class="rs-button" onClick={close} ref={last}>
        {words.close}
      </button>
    </dialog>
  );
}
