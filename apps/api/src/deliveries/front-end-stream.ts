import type { BotService } from "@steward/core/bots/bot-service";
import type { FrontEndFeed } from "@steward/core/front-end/front-end-feed";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { eventStream } from "../streams/event-stream.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { createTurnEventCoalescer } from "../turns/turn-events.ts";

/** The present of one bot, then its changes. It never ends by itself, and a new connection starts anew. */
export function frontEndStream(
  c: Context<ApiEnv>,
  deps: StreamDeps & { feed: FrontEndFeed; bots: Pick<BotService, "gone"> },
  { botId, holder }: { botId: string; holder?: string | undefined },
): Response {
  return eventStream(c, deps, (writer) => {
    const coalescer = createTurnEventCoalescer(deps.clock, (event) => writer.send(null, event));
    const detach = deps.feed.subscribe(botId, coalescer.push);
    return () => {
      coalescer.stop();
      detach();
      if (holder !== undefined) deps.bots.gone(botId, holder);
    };
  });
}
