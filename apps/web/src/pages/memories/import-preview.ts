import { type MemoryFile, memoryFileSchema } from "@steward/contract/memory-files";
import type { ScopeChoice } from "./memory-scope.ts";

type Kept = MemoryFile["memories"][number];

export type ReadFile =
  | { is: "file"; memories: Kept[] }
  | { is: "problem"; problem: "not_json" | "not_memories" | "empty"; at: string };

/** A text as a file of memories, or what is wrong with it and where. */
export const readMemoryFile = (text: string): ReadFile => {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    return { is: "problem", problem: "not_json", at: error instanceof Error ? error.message : "" };
  }
  const parsed = memoryFileSchema.safeParse(json);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const at = first ? `${first.path.join(".")}: ${first.message}` : "";
    return { is: "problem", problem: "not_memories", at };
  }
  const { memories } = parsed.data;
  return memories.length === 0 ? { is: "problem", problem: "empty", at: "" } : { is: "file", memories };
};

export interface ImportWish {
  onTaken: "skip" | "replace";
  /** For this bot or chat, whatever the file says. */
  of: ScopeChoice | null;
}

/** What taking them in would do to those that there are: as the API does it (a key is taken within its scope alone). */
export const previewImport = (
  memories: readonly Kept[],
  present: readonly Kept[],
  { onTaken, of }: ImportWish,
): { added: number; replaced: number; skipped: number } => {
  const nameOf = ({ botId, chatId }: ScopeChoice, key: string): string =>
    JSON.stringify([botId, chatId, key]);
  const taken = new Set(
    present.filter(({ state }) => state === "accepted").map((memory) => nameOf(memory, memory.key)),
  );
  const count = { added: 0, replaced: 0, skipped: 0 };
  for (const memory of memories) {
    const name = nameOf(of ?? memory, memory.key);
    if (memory.state !== "accepted" || !taken.has(name)) count.added += 1;
    else if (onTaken === "replace") count.replaced += 1;
    else count.skipped += 1;
    if (memory.state === "accepted") taken.add(name);
  }
  return count;
};
