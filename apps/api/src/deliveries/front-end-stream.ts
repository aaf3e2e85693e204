import type { FrontEndEvent } from "@steward/contract/deliveries";
import type { BotService } from "@steward/core/bots/bot-service";
import type { FrontEndFeed } from "@steward/core/front-end/front-end-feed";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { createCoalescer } from "../streams/coalescer.ts";
import { COALESCE_WINDOW_MS, eventStream } from "../streams/event-stream.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { isDelta, joinTurnEvents } from "../turns/turn-events.ts";

/** The present of one bot, then its changes. It never ends by itself, and a new connection starts anew. */
export function frontEndStream(
  c: Context<ApiEnv>,
  deps: StreamDeps & { feed: FrontEndFeed; bots: Pick<BotService, "gone"> },
  { botId, holder }: { botId: string; holder?: string | undefined },
): Response {
  return eventStream(c, deps, (writer) => {
    const coalescer = createCoalescer<FrontEndEvent>({
      clock: deps.clock,
      windowMs: COALESCE_WINDOW_MS,
      streamOf: (item) => (item.type === "turn_event" && isDelta(item.event) ? item.event.turnId : null),
      join: (first, second) => {
        if (first.type !== "turn_event" || second.type !== "turn_event") return null;
        const event = joinTurnEvents(first.event, second.event);
        return event === null ? null : { type: "turn_event", event };
      },
      emit: (event) => writer.send(null, event),
    });
    const detach = deps.feed.subscribe(botId, coalescer.push);
    return () => {
      coalescer.stop();
      detach();
      if (holder !== undefined) deps.bots.gone(botId, holder);
    };
  });
}
