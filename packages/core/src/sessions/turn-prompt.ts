import { join, relative } from "node:path";
import type { CliImage, CliTurn } from "@steward/claude/cli-driver";
import { readStoredSync, type StoredFile } from "../files/file-folders.ts";
import type { LocateFile } from "../files/file-locator.ts";
import type { FileRepository, FileRow } from "../files/file-repository.ts";
import type { TurnRecord } from "../turns/turn-record.ts";

/** What the CLI is sent for a turn. */
export type TurnPrompt = Pick<CliTurn, "text" | "images">;
/** @param cwd where the conversation works */
export type ComposePrompt = (record: Pick<TurnRecord, "prompt" | "fileIds">, cwd: string) => TurnPrompt;

/** Files that came without a word. */
const NO_WORDS = "See the attached files.";

/** What the model takes as a picture (Messages API: 5 MB each, 32 MB for a whole request, base64 included). */
const IMAGE_TYPES: ReadonlySet<string> = new Set<CliImage["mediaType"]>([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);
const MAX_IMAGE_BYTES = 5 * 1_048_576;
const MAX_IMAGES_BYTES = 15 * 1_048_576;

/** The person's words, then which files came with them and where they lie; pictures are shown as well. */
export const createPromptComposer =
  (files: Pick<FileRepository, "byIds">, locate: LocateFile): ComposePrompt =>
  ({ prompt, fileIds }, cwd) => {
    if (fileIds.length === 0) return { text: prompt };
    const rows = files.byIds(fileIds);
    const images: CliImage[] = [];
    let room = MAX_IMAGES_BYTES;
    for (const row of rows) {
      const image = row.bytes <= room ? readImage(row, locate(row)) : null;
      if (image === null) continue;
      images.push(image);
      room -= row.bytes;
    }
    const lines = rows.map((row) => {
      const { workspace, path } = locate(row);
      return `- ${pathFrom(cwd, join(workspace, path))} (${row.mediaType}, ${row.bytes} bytes)`;
    });
    if (rows.length < fileIds.length) lines.push("- (another file was deleted since)");
    const note = `[Files sent with this message:\n${lines.join("\n")}]`;
    return {
      text: `${prompt.trim() === "" ? NO_WORDS : prompt}\n\n${note}`,
      ...(images.length > 0 && { images }),
    };
  };

/** Null for what is no picture, too large, or not what was uploaded any more. */
function readImage(row: FileRow, file: StoredFile): CliImage | null {
  if (!IMAGE_TYPES.has(row.mediaType) || row.bytes > MAX_IMAGE_BYTES) return null;
  const content = readStoredSync(file);
  // The set holds exactly the port's media types.
  return content && { mediaType: row.mediaType as CliImage["mediaType"], base64: content.toString("base64") };
}

function pathFrom(cwd: string, path: string): string {
  const inside = relative(cwd, path);
  return inside.startsWith("..") ? path : inside;
}
