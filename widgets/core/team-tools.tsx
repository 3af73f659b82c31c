/** Saving and opening the team's own file, and taking a step back. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { unitOf } from "./address";
import { saveJson } from "./save";
import { Link, type Scene } from "./scene";
import { fileName } from "./spreadsheet";
import { isoDay, LARGEST_FILE, opened, TeamError, teamFile } from "./team";

interface ToolsProps {
  scene: Scene;
  /** Whether there is something here to save. */
  save: boolean;
  /** More buttons of the same row. */
  children?: ComponentChildren;
}

export function FileTools({ scene, save, children }: ToolsProps): JSX.Element {
  const { words, meeting } = scene;
  const [said, say] = useState("");
  const [problem, complain] = useState("");
  const [led, lead] = useState(false);

  const saveFile = (): void => {
    const file = teamFile(scene.view, scene.unit, meeting, isoDay(new Date()));
    saveJson(
      fileName("json", "our-next-step", scene.unit.id, scene.say(scene.view.wave)),
      `${JSON.stringify(file, null, 1)}\n`,
    );
    scene.change({ unsaved: false });
    complain("");
    say(words.fileSaved);
  };

  const open = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file === undefined) return;
    say("");
    complain("");
    try {
      // Looked at before it is read: a wrong file may be of any size.
      if (file.size > LARGEST_FILE) throw new TeamError("tooLarge");
      const next = opened(await file.text(), scene.view, scene.unit, meeting);
      scene.change(next);
      say(next.earlier === meeting.earlier ? words.fileOpened : words.fileEarlier);
      lead(true);
    } catch (error) {
      complain(sentence(error));
    }
    // The same file, put right, can be chosen again.
    input.value = "";
  };

  const sentence = (error: unknown): string => {
    // What the browser could not read, such as a file that was moved meanwhile, is no team's file either.
    if (!(error instanceof TeamError)) return words.fileProblem.notTeam("");
    const { problem, detail } = error;
    const named = problem === "otherUnit" && detail !== "" ? scene.say(unitOf(scene.view, detail).title) : detail;
    return words.fileProblem[problem](named);
  };

  const undo = (): void => {
    if (meeting.before === null) return;
    scene.change(meeting.before);
    complain("");
    lead(false);
    say(words.undone);
  };

  return (
    <div class="rs-file rs-screen">
      <div class="rs-buttons">
        {save && (
          <button type="button" class="rs-button rs-button-main" onClick={saveFile}>
            {words.saveFile}
          </button>
        )}
        <label class="rs-button rs-open">
          {words.openFile}
          <input
            type="file"
            class="rs-away"
            accept=".json,application/json"
            onChange={(event) => void open(event.currentTarget)}
          />
        </label>
        {children}
        {meeting.before !== null && (
          <button type="button" class="rs-button" onClick={undo}>
            {words.undo}
          </button>
        )}
      </div>
      <p class="rs-said" role="status">
        {said}{" "}
        {!save && led && said !== "" && (
          <Link scene={scene} to={{ page: "next" }} class="rs-link">
            {words.toNext}
          </Link>
        )}
      </p>
      {problem !== "" && (
        <p class="rs-alert" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
