/** A copy of the workshop notebook, under a name that is free. */

import { PathExt } from "@jupyterlab/coreutils";
import type { Contents } from "@jupyterlab/services";
import notebook from "../../notebooks/workshop/first-look.ipynb";

const STEM = "first-look";

/** Saves a copy in a folder and returns its path. */
export async function saveCopy(contents: Contents.IManager, folder: string): Promise<string> {
  const { content } = await contents.get(folder, { type: "directory", content: true });
  // Some file systems take `First-Look.ipynb` for the same name.
  const taken = new Set((content as Contents.IModel[]).map(({ name }) => name.toLowerCase()));
  let name = `${STEM}.ipynb`;
  for (let number = 1; taken.has(name); number += 1) name = `${STEM}-${number}.ipynb`;
  const { path } = await contents.save(PathExt.join(folder, name), {
    type: "notebook",
    format: "json",
    content: notebook,
  });
  return path;
}
