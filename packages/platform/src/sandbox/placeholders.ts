import { lstatSync, mkdirSync, rmdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import type { SandboxPlaceholder } from "./sandbox-request.ts";

/** Makes what is missing. Returns how to take away again what is still empty. */
export function makePlaceholders(placeholders: readonly SandboxPlaceholder[]): () => void {
  const made: SandboxPlaceholder[] = [];
  for (const placeholder of placeholders) {
    if (lstatSync(placeholder.path, { throwIfNoEntry: false }) !== undefined) continue;
    if (placeholder.kind === "directory") mkdirSync(placeholder.path, { mode: 0o755 });
    else writeFileSync(placeholder.path, "", { flag: "wx", mode: 0o644 });
    made.push(placeholder);
  }
  return () => {
    for (const { path, kind } of made) {
      try {
        if (kind === "directory") rmdirSync(path);
        else if (statSync(path).size === 0) unlinkSync(path);
      } catch {
        // The owner has put something there, or has taken it away: either is theirs to do.
      }
    }
  };
}
