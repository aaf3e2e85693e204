import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Placeholder } from "./guarded-path.ts";

export interface PlacedEntry {
  path: string;
  placeholder: Placeholder;
}

/** Which placeholders lie about, written down before they are made: a service that was killed finds them again. */
export interface GuardLedger {
  read(): PlacedEntry[];
  write(entries: readonly PlacedEntry[]): void;
}

const schema = z.array(
  z.object({
    path: z.string(),
    placeholder: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("directory") }),
      z.object({ kind: z.literal("file"), content: z.string() }),
    ]),
  }),
);

/** One small file. It outlives the process, not a loss of power: then an empty directory too many stays behind. */
export function createGuardLedger(file: string): GuardLedger {
  return {
    read() {
      try {
        return schema.parse(JSON.parse(readFileSync(file, "utf8")));
      } catch {
        // There is none, or it says nothing that can be acted upon.
        return [];
      }
    },
    write(entries) {
      if (entries.length === 0) return rmSync(file, { force: true });
      writeFileSync(`${file}.new`, JSON.stringify(entries), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
