import { ENDPOINTS } from "@steward/contract/endpoints";
import type { LiveEvent } from "@steward/contract/live";
import type { LiveFeed } from "@steward/core/live/live-feed";
import type { Mount } from "../http/mount.ts";
import { createCoalescer } from "../streams/coalescer.ts";
import { COALESCE_WINDOW_MS, eventStream } from "../streams/event-stream.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { isDelta, joinTurnEvents } from "../turns/turn-events.ts";

/** The open turns of all chats, then everything as it happens. It never ends by itself. */
export function mountLive(mount: Mount, deps: StreamDeps & { live: LiveFeed }): void {
  mount.response(ENDPOINTS.liveStream, (_, c) =>
    eventStream(c, deps, (writer) => {
      const coalescer = createCoalescer<LiveEvent>({
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
      const detach = deps.live.subscribe(coalescer.push);
      return () => {
        coalescer.stop();
        detach();
      };
    }),
  );
}
