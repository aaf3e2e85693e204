import { ENDPOINTS } from "@steward/contract/endpoints";
import type { LiveFeed } from "@steward/core/live/live-feed";
import type { Mount } from "../http/mount.ts";
import { eventStream } from "../streams/event-stream.ts";
import type { StreamDeps } from "../streams/stream-response.ts";
import { createTurnEventCoalescer } from "../turns/turn-events.ts";

/** The open turns of all chats, then everything as it happens. It never ends by itself. */
export function mountLive(mount: Mount, deps: StreamDeps & { live: LiveFeed }): void {
  mount.response(ENDPOINTS.liveStream, (_, c) =>
    eventStream(c, deps, (writer) => {
      const coalescer = createTurnEventCoalescer(deps.clock, (event) => writer.send(null, event));
      const detach = deps.live.subscribe(coalescer.push);
      return () => {
        coalescer.stop();
        detach();
      };
    }),
  );
}
