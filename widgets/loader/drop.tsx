/** Where a file is chosen or dropped, and how far it has come. */

import type { JSX } from "preact";
import type { Role } from "./state";
import type { Client } from "./client";
import { ACCEPT, type Strings } from "./strings";

const YAML = /\.ya?ml$/i;

/** Takes what was chosen or dropped: one file. */
export function take(client: Client, role: Role, files: FileList | null | undefined): void {
  const file = files?.[0];
  if (file) client.choose(file, role === "answers" && YAML.test(file.name) ? "instrument" : role);
}

export function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** A file input as large as its label; what is dropped on it counts as chosen. */
export function Drop(props: {
  client: Client;
  role: Role;
  label: string;
  hint?: string;
  small?: boolean;
}): JSX.Element {
  const { client, role, label, hint, small } = props;
  return (
    <label
      class={small ? "rs-drop rs-drop-small" : "rs-drop"}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.currentTarget.classList.add("rs-drop-over");
      }}
      onDragLeave={(event) => event.currentTarget.classList.remove("rs-drop-over")}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.currentTarget.classList.remove("rs-drop-over");
        take(client, role, event.dataTransfer?.files);
      }}
    >
      <input
        type="file"
        accept={ACCEPT[role]}
        aria-label={label}
        onChange={(event) => {
          const input = event.currentTarget;
          take(client, role, input.files);
          // So that the same file can be chosen again after it was changed.
          input.value = "";
        }}
      />
      <span class="rs-drop-label">{label}</span>
      {hint && <span class="rs-soft">{hint}</span>}
    </label>
  );
}

export function Progress({ client, words }: { client: Client; words: Strings }): JSX.Element | null {
  const { upload } = client;
  if (upload === null || upload.whole) return null;
  const percent = `${Math.floor((100 * upload.taken) / upload.file.size)} %`;
  return (
    <div class="rs-progress">
      <label>
        <span>{words.sending(upload.file.name)}</span>
        <progress max={upload.file.size} value={upload.taken}>
          {percent}
        </progress>
      </label>
      <span class="rs-soft">{percent}</span>
      <button type="button" class="rs-button" onClick={() => client.cancel()}>
        {words.cancel}
      </button>
    </div>
  );
}
