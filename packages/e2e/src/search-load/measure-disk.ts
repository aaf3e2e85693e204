import type { OpenDatabase } from "@steward/schema/sqlite";

const PARTS = {
  messages: "chat_messages",
  words: "message_text",
  trigrams: "message_trigrams",
  vectors: "message_vectors",
  bits: "signs_",
} as const;

/** What each part takes in the file, in MB. */
export const measureDisk = ({ sqlite }: OpenDatabase): { name: string; mb: number }[] =>
  Object.entries(PARTS).map(([name, prefix]) => {
    const { bytes } = sqlite
      .prepare(
        "SELECT coalesce(sum(pgsize), 0) AS bytes FROM dbstat WHERE aggregate = TRUE AND name GLOB ? || '*'",
      )
      .get(prefix) as { bytes: number };
    return { name, mb: bytes / 1_048_576 };
  });
