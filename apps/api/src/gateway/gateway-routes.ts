import { ENDPOINTS } from "@steward/contract/endpoints";
import type { SessionList } from "@steward/core/sessions/session-list";
import type { Mount } from "../http/mount.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { sendAndWait } from "./gateway-send.ts";
import { sendAndStream } from "./gateway-stream.ts";
import type { GatewayTurnDeps } from "./gateway-turn.ts";

const DEFAULT_BOT = "default";

/** The ancestor's gateway: its names, its units. */
export function mountGateway(
  mount: Mount,
  deps: GatewayTurnDeps & StreamDeps & { sessions: SessionList },
): void {
  const { gateway, clock } = deps;
  mount.response(ENDPOINTS.gatewaySend, ({ body }, c) => sendAndWait(c, deps, body));
  mount.response(ENDPOINTS.gatewaySendStream, ({ body }, c) => sendAndStream(c, deps, body));
  mount.json(ENDPOINTS.gatewayStop, ({ body }) => gateway.stop(body.bot_id, body.chat_id));
  mount.json(ENDPOINTS.gatewayReset, async ({ params, query, body }) => {
    const botId = body?.bot_id ?? query.bot_id ?? DEFAULT_BOT;
    await gateway.reset(botId, params.chat_id);
    return { reset: true as const, chat_id: params.chat_id, bot_id: botId };
  });
  mount.json(ENDPOINTS.gatewaySessions, ({ query }) =>
    gateway.sessions(query.bot_id).map((session) => ({
      chat_id: session.chatId,
      bot_id: session.botId,
      busy: session.busy,
      first_done: session.firstDone,
      last_active: session.lastActiveAt / 1000,
      idle_seconds: wholeSeconds(clock.now() - session.lastActiveAt),
      busy_seconds: session.busySinceAt === null ? 0 : wholeSeconds(clock.now() - session.busySinceAt),
      state: session.state,
    })),
  );
  mount.json(ENDPOINTS.gatewayReap, async () => {
    const reaped = (await deps.sessions.reap(0)).map(({ botId, chatId, idleMs }) => ({
      chat_id: chatId,
      bot_id: botId,
      type: "interactive" as const,
      idle_seconds: wholeSeconds(idleMs),
      idle_hours: Math.round(idleMs / 36_000) / 100,
    }));
    return { reaped, count: reaped.length };
  });
  mount.json(ENDPOINTS.gatewayQueueStatus, ({ params, query }) => {
    const status = gateway.queueStatus(query.bot_id, params.chat_id);
    return {
      busy: status.busy,
      busy_message: status.busyMessage,
      elapsed_seconds: wholeSeconds(status.elapsedMs),
      slots_used: status.slotsUsed,
      slots_max: status.slotsMax,
      queue_wait_timeout: wholeSeconds(status.queueWaitTimeoutMs),
      queue_wait_remaining: wholeSeconds(status.queueWaitRemainingMs),
    };
  });
}

/** An integer even where a clock stepped back: a JSON fraction breaks the Go client. */
const wholeSeconds = (ms: number): number => Math.max(0, Math.floor(ms / 1000));
