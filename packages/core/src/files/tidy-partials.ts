import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import type { HeldDirectory } from "@steward/platform/held-directory";
import type { Logger } from "@steward/platform/logger";
import { type ChatRepository, workspaceOf } from "../chats/chat-repository.ts";
import type { Workspaces } from "../sessions/engine.ts";
import { FILE_FOLDERS, holdFolder } from "./file-folders.ts";
import type { FileRepository } from "./file-repository.ts";
import { fileIdOfPartial } from "./upload-file.ts";

/**
 * What uploads that a crash cut off have left behind: the partial file, and its final name as long as no row says that
 * the upload was acknowledged. Nothing else is touched. Answers how many it took away.
 */
export const tidyPartials = (deps: {
  chats: ChatRepository;
  files: FileRepository;
  workspaces: Workspaces;
  log: Logger;
  /** Not a leftover: it is being written. */
  isReceiving: (fileId: string) => boolean;
}): number => {
  let removed = 0;
  for (const chat of deps.chats.all()) {
    const workspace = deps.workspaces.locate(workspaceOf(chat));
    if (workspace === null) continue;
    try {
      removed += tidyFolder(workspace, deps);
    } catch (error) {
      deps.log.warn({ err: error, chatRef: chat.id }, "leftovers of uploads could not be looked for");
    }
  }
  if (removed > 0) deps.log.info({ removed }, "leftovers of broken-off uploads removed");
  return removed;
};

function tidyFolder(
  workspace: string,
  { files, isReceiving }: { files: FileRepository; isReceiving: (fileId: string) => boolean },
): number {
  const folder = holdFolder(workspace, FILE_FOLDERS.in, { create: false });
  if (folder === null) return 0;
  try {
    const names = readdirSync(folder.self());
    let removed = 0;
    for (const name of names) {
      const fileId = fileIdOfPartial(name);
      if (fileId === null || isReceiving(fileId)) continue;
      const inode = inodeOf(folder, name);
      if (inode === null) continue;
      if (files.find(fileId) === null) {
        for (const other of names) {
          if (other !== name && inodeOf(folder, other) === inode) unlinkSync(folder.entry(other));
        }
      }
      unlinkSync(folder.entry(name));
      removed += 1;
    }
    return removed;
  } finally {
    folder.close();
  }
}

/** Null for what has gone meanwhile. */
const inodeOf = (folder: HeldDirectory, name: string): number | null =>
  lstatSync(folder.entry(name), { throwIfNoEntry: false })?.ino ?? null;
