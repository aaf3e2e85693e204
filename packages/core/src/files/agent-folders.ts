import { UnsafePathError } from "@steward/platform/held-directory";
import { holdFolder } from "./file-folders.ts";

const FOLDERS = ["files", "outbox"] as const;

/**
 * The folders for files that a conversation needs besides the directory it works in: none in its own workspace, else the
 * workspace's two, made when they are missing. One that a link or a file stands in place of is left out: what it leads to
 * must not become writable.
 *
 * @returns absolute paths
 */
export const agentFolders = (workspace: string, cwd: string): string[] => {
  if (workspace === cwd) return [];
  return FOLDERS.flatMap((name) => {
    try {
      const folder = holdFolder(workspace, [name], { create: true });
      folder?.close();
      return folder === null ? [] : [folder.path];
    } catch (error) {
      if (error instanceof UnsafePathError) return [];
      throw error;
    }
  });
};
