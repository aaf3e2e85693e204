import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { MAX_FILES_PER_TURN, uploadFile } from "@steward/contract/files";
import type { ChatAddress } from "@steward/contract/ids";
import { retry } from "@steward/platform/retry";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { HAND_IN, type SubmitDeps } from "./submit.ts";

/** 100 MB to a service on this machine, or over a slow network to another one. */
const UPLOAD_TIMEOUT_MS = 600_000;

/**
 * Uploads files of this machine to a chat, one after the other, each taken once however often it is tried.
 *
 * @returns their ids, in the same order.
 * @throws CommandFailure when one cannot be read, before anything is sent · ApiError, ApiUnreachable
 */
export async function uploadFiles(
  deps: SubmitDeps & { readonly terminal: Terminal },
  chat: ChatAddress,
  paths: readonly string[],
): Promise<string[]> {
  const { terminal } = deps;
  if (paths.length > MAX_FILES_PER_TURN) {
    const params = { max: MAX_FILES_PER_TURN };
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.chat.too_many_files", params));
  }
  const contents = await Promise.all(paths.map((path) => openFile(path, terminal)));
  const fileIds: string[] = [];
  for (const { name, content } of contents) {
    const headers = { "idempotency-key": deps.ids.uuid7() };
    const query = { ...chat, name };
    const input = { headers, query, content, timeoutMs: UPLOAD_TIMEOUT_MS };
    const file = await retry(() => deps.client.upload(uploadFile, input), { ...HAND_IN, clock: deps.clock });
    fileIds.push(file.id);
    const params = { name: harmlessLine(file.name), path: harmlessLine(file.path) };
    terminal.note(terminal.style("stderr", "dim", terminal.say("cli.chat.uploaded", params)));
  }
  return fileIds;
}

async function openFile(path: string, terminal: Terminal): Promise<{ name: string; content: Blob }> {
  const unreadable = (reason: string, cause?: unknown): CommandFailure =>
    new CommandFailure(
      EXIT.nothingDone,
      terminal.say("cli.chat.file_unreadable", { path: harmlessLine(path), reason }),
      { cause },
    );
  try {
    if (!(await stat(path)).isFile()) throw unreadable(terminal.say("cli.chat.not_a_file"));
    return { name: basename(path), content: await openAsBlob(path) };
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw unreadable(error instanceof Error && "code" in error ? String(error.code) : String(error), error);
  }
}
