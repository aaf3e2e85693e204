import { Readable } from "node:stream";
import { ENDPOINTS } from "@steward/contract/endpoints";
import type { HistoryService } from "@steward/core/history/history-service";
import type { Mount } from "../http/mount.ts";

export function mountHistory(mount: Mount, { sessionHistory }: { sessionHistory: HistoryService }): void {
  mount.json(ENDPOINTS.listHistorySessions, ({ query: { limit, cursor, botId } }) =>
    sessionHistory.sessions({ botId }, limit, cursor),
  );
  mount.json(ENDPOINTS.listHistoryMessages, ({ query: { limit, before, after, around, ...session } }) =>
    sessionHistory.messages(session, limit, { before, after, around }),
  );
  mount.json(ENDPOINTS.openHistoryMessage, ({ params, query: { limit, botId, chatId } }) =>
    sessionHistory.open({ botId, chatId }, params.messageId, limit),
  );
  mount.response(ENDPOINTS.exportHistory, ({ query: { format, ...session } }) => {
    // A page is read when the one before it was taken, so that a slow client holds up nobody.
    const text = Readable.from(sessionHistory.export(session, format), {
      objectMode: true,
      highWaterMark: 1,
    });
    const [type, ending] =
      format === "json" ? ["application/json", "json"] : ["text/markdown; charset=utf-8", "md"];
    const name = session.sessionId.replaceAll(/[^\w.-]/g, "_");
    return new Response(Readable.toWeb(text.map((piece: string) => Buffer.from(piece))) as ReadableStream, {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="${name}.${ending}"`,
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
      },
    });
  });
  mount.json(ENDPOINTS.deleteHistoryMessage, ({ params, query }) =>
    sessionHistory.deleteMessage(query, params.messageId),
  );
  mount.json(ENDPOINTS.deleteHistorySession, ({ query: { before, ...session } }) =>
    sessionHistory.deleteSession(session, before ?? null),
  );
}
