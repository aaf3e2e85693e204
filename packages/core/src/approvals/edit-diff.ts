import { createRequire } from "node:module";
import { z } from "zod";

/** All that such a call may say: with any other field, and with more than one line of path, the lines are not the whole of it. */
const path = z
  .string()
  .regex(/^[^\r\n]*$/)
  .optional();
const pair = {
  old_string: z.string(),
  new_string: z.string(),
  replace_all: z.literal(false).optional(),
};
const editSchema = z.strictObject({ file_path: path, ...pair });
const editsSchema = z.strictObject({ file_path: path, edits: z.array(z.strictObject(pair)).min(1).max(200) });

/** Larger texts are shown as they are: comparing them would hold up everybody else. */
const MOST_CHARACTERS = 100_000;
const MOST_CHANGED_LINES = 400;
const CONTEXT_LINES = 2;

/**
 * What an edit changes, line by line (` `, `-`, `+`); null for calls that are no edits, that say more than that, or that are
 * too large to compare.
 */
export const editDiff = (input: unknown): string | null => {
  const edits = readEdits(input);
  if (edits === null) return null;
  const characters = edits.reduce(
    (sum, { old_string, new_string }) => sum + old_string.length + new_string.length,
    0,
  );
  if (characters > MOST_CHARACTERS) return null;
  const parts = edits.map(changedLines);
  return parts.some((part) => part === null) ? null : parts.join("\n⋯\n");
};

type Edit = Pick<z.infer<typeof editSchema>, "old_string" | "new_string">;

const readEdits = (input: unknown): Edit[] | null => {
  const one = editSchema.safeParse(input);
  if (one.success) return [one.data];
  const several = editsSchema.safeParse(input);
  return several.success ? several.data.edits : null;
};

/** Loaded with the first edit that is asked about: memory at rest is small. */
const loadDiff = (): typeof import("diff") => createRequire(import.meta.url)("diff") as typeof import("diff");

const changedLines = ({ old_string, new_string }: Edit): string | null => {
  const { structuredPatch } = loadDiff();
  const patch = structuredPatch("", "", old_string, new_string, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MOST_CHANGED_LINES,
  });
  if (patch === undefined) return null;
  // A snippet out of a file ends without a line break more often than not; the remark about it says nothing.
  const hunks = patch.hunks.map(({ lines }) => lines.filter((line) => !line.startsWith("\\")).join("\n"));
  return hunks.join("\n⋯\n");
};
