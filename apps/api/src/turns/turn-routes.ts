import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError } from "@steward/contract/errors";
import type { TurnHistory } from "@steward/core/turns/turn-history";
import type { TurnService } from "@steward/core/turns/turn-service";
import type { Mount } from "../http/mount.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { turnEventStream } from "./turn-events.ts";

export function mountTurns(
  mount: Mount,
  deps: StreamDeps & { turns: TurnService; turnHistory: TurnHistory },
): void {
  const { turns, turnHistory } = deps;
  mount.json(ENDPOINTS.submitTurn, ({ headers, body }) =>
    turns.submit({
      address: { botId: body.botId, chatId: body.chatId, threadId: body.threadId },
      text: body.text,
      fileIds: body.fileIds,
      source: body.source,
      language: body.language,
      userId: null,
      userName: body.userName ?? null,
      replyToMessageId: null,
      idempotencyKey: { scope: "turns", key: headers["idempotency-key"] },
      deliver: body.deliver,
    }),
  );
  mount.json(ENDPOINTS.getTurn, ({ params }) => {
    const turn = turns.get(params.turnId);
    if (turn === null) throw new DomainError("not_found", "Turn not found");
    return turn;
  });
  mount.json(ENDPOINTS.listRecalls, ({ params }) => turnHistory.recalls(params.turnId));
  mount.json(ENDPOINTS.listTurns, ({ query: { only, limit, ...address } }) =>
    turnHistory.list(address, only, limit),
  );
  mount.json(ENDPOINTS.traceTurn, ({ query: { turnId, botId = "", chatId = "", threadId, messageId } }) =>
    turnHistory.trace(
      turnId === undefined ? { address: { botId, chatId, threadId }, messageId } : { turnId },
    ),
  );
  mount.response(ENDPOINTS.turnEvents, ({ params, headers }, c) =>
    turnEventStream(c, deps, params.turnId, headers["last-event-id"]),
  );
  mount.json(ENDPOINTS.retryTurn, ({ params, headers, body }) =>
    turns.retry(params.turnId, body.mode, headers["idempotency-key"]),
  );
  mount.json(ENDPOINTS.setPlaceholder, ({ params, body }) => ({
    messageId: turns.setPlaceholder(params.turnId, body.messageId, body.replaces),
  }));
}
