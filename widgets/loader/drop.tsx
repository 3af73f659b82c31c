/** Where a file is chosen or dropped, and how far it has come. */

import type { JSX } from "preact";
import type { Role, Shared } from "./state";
import type { Client } from "./client";
import { ACCEPT, type Common } from "./common";

const YAML = /\.ya?ml$/i;

/** Takes what was chosen or dropped: several files of answers together, else one. */
export function take(client: Client<Shared>, role: Role, files: FileList | null | undefined): void {
  const [file] = files ?? [];
  if (!file) return;
  if (role !== "answers") client.choose([file], role);
  else if (YAML.test(file.name)) client.choose([file], "instrument");
  else client.choose([...files!], role);
}

export function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** A file input as large as its label; what is dropped on it counts as chosen. */
export function Drop(props: {
  client: Client<Shared>;
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
        multiple={role === "answers"}
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

export function Progress({ client, words }: { client: Client<Shared>; words: Common }): JSX.Element | null {
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
