import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError } from "@steward/contract/errors";
import { legacySessionId } from "@steward/contract/ids";
import type { ArchiveService } from "@steward/core/archives/archive-service";
import type { Mount } from "../http/mount.ts";

export function mountArchives(mount: Mount, { archives }: { archives: ArchiveService }): void {
  mount.json(ENDPOINTS.listArchives, ({ query: { botId, chatId, threadId } }) =>
    archives
      .list(botId !== undefined && chatId !== undefined ? { botId, chatId, threadId } : null)
      .filter((archive) => botId === undefined || archive.botId === botId),
  );
  mount.json(ENDPOINTS.archiveChat, async ({ body }) => ({ archive: await archives.archive(body) }));
  mount.json(ENDPOINTS.restoreArchive, ({ params }) => archives.restore(params.archiveId));
  mount.json(ENDPOINTS.forgetArchive, ({ params }) => archives.forget(params.archiveId));
  mount.json(ENDPOINTS.gatewayCleanup, async ({ params, query }) =>
    cleanUp(archives, { botId: query.bot_id, chatId: params.chat_id, threadId: "" }),
  );
}

/** The ancestor's cleanup: what is unfinished is skipped and counted; what is finished is packed away, never deleted. */
async function cleanUp(archives: ArchiveService, address: Parameters<ArchiveService["archive"]>[0]) {
  const id = legacySessionId(address);
  try {
    const archive = await archives.archive(address);
    return archive === null
      ? { cleaned: 0, archived: 0, skipped: 0, details: [] }
      : { cleaned: 0, archived: 1, skipped: 0, details: [`Archived: ${id}`] };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "chat_busy") throw error;
    return { cleaned: 0, archived: 0, skipped: 1, details: [`Skipped running: ${id}`] };
  }
}
