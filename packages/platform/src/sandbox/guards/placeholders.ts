import { mkdirSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { readPlainText } from "../../plain-file.ts";
import type { Placeholder } from "./guarded-path.ts";

/** Where we may not write, an agent with our own rights may not either. */
const NOT_WRITABLE: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * False: nothing can be put there by anybody with our rights, or somebody has just put something there.
 *
 * @throws what the file system reports besides (a full disk)
 */
export function place(path: string, placeholder: Placeholder): boolean {
  try {
    if (placeholder.kind === "directory") mkdirSync(path, { mode: 0o755 });
    else writeFileSync(path, placeholder.content, { flag: "wx", mode: 0o644 });
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EEXIST" || NOT_WRITABLE.has(code)) return false;
    throw error;
  }
}

/** Takes away what is still as we made it; what the owner has put there since is theirs. */
export function unplace(path: string, placeholder: Placeholder): void {
  try {
    if (placeholder.kind === "directory") rmdirSync(path);
    else if (readPlainText(path, placeholder.content.length) === placeholder.content) unlinkSync(path);
  } catch {
    // In use by now, or gone.
  }
}
