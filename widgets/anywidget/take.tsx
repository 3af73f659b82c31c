/** A button that copies a text and says whether it could. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { copyText } from "../core/save";

interface CopyProps {
  label: string;
  text: string;
  words: { copied: string; notCopied: string };
}

export function Copy({ label, text, words }: CopyProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  // What was said was said of one text.
  const [told, tell] = useState({ of: "", said: "" });
  const copy = async (): Promise<void> => {
    if (place.current === null) return;
    tell({ of: text, said: (await copyText(text, place.current)) ? words.copied : words.notCopied });
  };
  return (
    <div class="rs-take" ref={place}>
      <button type="button" class="rs-button" onClick={copy}>
        {label}
      </button>
      <span role="status">{told.of === text && told.said}</span>
    </div>
  );
}
