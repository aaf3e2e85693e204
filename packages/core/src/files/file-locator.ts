import { type ChatRepository, workspaceOf } from "../chats/chat-repository.ts";
import type { Workspaces } from "../sessions/engine.ts";
import { type StoredFile, workspacePathOf } from "./file-folders.ts";
import type { FileRow } from "./file-repository.ts";

/** Where a recorded file lies now: in its chat's workspace, wherever that is today. */
export type LocateFile = (row: FileRow) => StoredFile;

export const createFileLocator =
  (deps: { chats: Pick<ChatRepository, "byRef">; workspaces: Pick<Workspaces, "pathOf"> }): LocateFile =>
  (row) => ({
    workspace: deps.workspaces.pathOf(workspaceOf(deps.chats.byRef(row.chatRef))),
    path: workspacePathOf(row),
    bytes: row.bytes,
    sha256: row.sha256,
  });
