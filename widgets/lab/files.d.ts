/** Files that the build takes in as they are. */

declare module "*.svg" {
  const text: string;
  export default text;
}

declare module "*.ipynb" {
  import type { PartialJSONObject } from "@lumino/coreutils";
  const notebook: PartialJSONObject;
  export default notebook;
}
