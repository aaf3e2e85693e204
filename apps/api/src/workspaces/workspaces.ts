import { lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { botIdSchema, type ChatAddress, chatAddressSchema } from "@steward/contract/ids";
import type { Workspaces } from "@steward/core/engine";

const PRIVATE_DIRECTORY = 0o700;

/**
 * One directory per chat: `<root>/<bot>/<chat>`, and beside it `<chat>.t<thread>` for a forum topic. Names are checked
 * again here, where they become a path, and the result must really lie in the root: a link planted inside is no way
 * out (fault matrix #50).
 *
 * @param root absolute path of the existing workspaces directory
 */
export function createWorkspaces(root: string): Workspaces {
  const pathOf = (address: ChatAddress): string => {
    const { botId, chatId, threadId } = chatAddressSchema.parse(address);
    return join(root, botIdSchema.parse(botId), directoryName({ chatId, threadId }));
  };
  const isInside = (path: string): boolean => realpathSync(path).startsWith(realpathSync(root) + sep);

  return {
    pathOf,
    ensure: (address) => {
      const path = pathOf(address);
      mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
      if (!isInside(path)) throw new Error(`The workspace ${path} leads out of ${root}`);
      return path;
    },
    exists: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    locate: (address) => {
      const path = pathOf(address);
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isDirectory() === true && isInside(path) ? path : null;
    },
  };
}

/** A chat id has no dot, so a topic's directory is nobody else's. */
const directoryName = ({ chatId, threadId }: Pick<ChatAddress, "chatId" | "threadId">): string =>
  threadId === "" ? chatId : `${chatId}.t${threadId}`;
