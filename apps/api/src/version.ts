import { readFileSync } from "node:fs";
import { z } from "zod";

/** Steward's own version, as this app's manifest has it. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return z.object({ version: z.string() }).parse(manifest).version;
}
