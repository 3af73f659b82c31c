/** Copies of the workshop notebooks, under a name that is free. */

import { PathExt } from "@jupyterlab/coreutils";
import type { Contents } from "@jupyterlab/services";
import firstLook from "../../notebooks/workshop/first-look.ipynb";
import gradingPolicies from "../../notebooks/workshop/grading-policies.ipynb";

const NOTEBOOKS = { "first-look": firstLook, "grading-policies": gradingPolicies };

export type Stem = keyof typeof NOTEBOOKS;

/** Saves a copy in a folder and returns its path. */
export async function saveCopy(contents: Contents.IManager, folder: string, stem: Stem): Promise<string> {
  const { content } = await contents.get(folder, { type: "directory", content: true });
  // Some file systems take `First-Look.ipynb` for the same name.
  const taken = new Set((content as Contents.IModel[]).map(({ name }) => name.toLowerCase()));
  let name = `${stem}.ipynb`;
  for (let number = 1; taken.has(name); number += 1) name = `${stem}-${number}.ipynb`;
  const { path } = await contents.save(PathExt.join(folder, name), {
    type: "notebook",
    format: "json",
    content: NOTEBOOKS[stem],
  });
  return path;
}
