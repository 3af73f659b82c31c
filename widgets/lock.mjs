// Takes the addresses out of package-lock.json: npm omits those of the registry (.npmrc), these are where to send money.
// With --check it writes nothing and fails when an address is left.
import { readFile, writeFile } from "node:fs/promises";

const file = new URL("package-lock.json", import.meta.url);
const text = await readFile(file, "utf8");

if (process.argv.includes("--check")) {
  if (/https?:/.test(text)) {
    console.error("package-lock.json holds addresses: run `npm run lock`.");
    process.exitCode = 1;
  }
} else {
  const lock = JSON.parse(text);
  for (const entry of Object.values(lock.packages)) delete entry.funding;
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
}
