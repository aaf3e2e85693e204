import type { FrontEndEvent } from "@steward/contract/deliveries";
import type { LiveEvent } from "@steward/contract/live";
import { mergeText, parseEventId, type TurnEvent } from "@steward/contract/turn-events";
import type { TurnService } from "@steward/core/turns/turn-service";
import type { TurnStreamItem } from "@steward/core/turns/turn-types";
import type { Clock } from "@steward/platform/clock";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { type Coalescer, createCoalescer } from "../streams/coalescer.ts";
import { COALESCE_WINDOW_MS, eventStream } from "../streams/event-stream.ts";
import type { StreamDeps } from "../streams/stream-response.ts";

/** Two live events of one turn in a row as one with the same effect; null when they have none. */
export function joinTurnEvents(first: TurnEvent, second: TurnEvent): TurnEvent | null {
  if (first.type === "text" && second.type === "text") return mergeText(first, second);
  if (first.type === "thinking" && second.type === "thinking") {
    return { ...second, text: first.text + second.text };
  }
  return null;
}

export const isDelta = (event: TurnEvent): boolean => event.type === "text" || event.type === "thinking";

/** For a stream of several turns: what one of them says in quick succession goes out together, and in its place. */
export const createTurnEventCoalescer = (
  clock: Clock,
  emit: (item: FrontEndEvent | LiveEvent) => void,
): Coalescer<FrontEndEvent | LiveEvent> =>
  createCoalescer({
    clock,
    windowMs: COALESCE_WINDOW_MS,
    streamOf: (item) => (item.type === "turn_event" && isDelta(item.event) ? item.event.turnId : null),
    join: (first, second) => {
      if (first.type !== "turn_event" || second.type !== "turn_event") return null;
      const event = joinTurnEvents(first.event, second.event);
      return event === null ? null : { type: "turn_event", event };
    },
    emit,
  });

/**
 * A turn's log from behind `lastEventId`, then what happens live, to the final event.
 *
 * @throws DomainError not_found
 */
export function turnEventStream(
  c: Context<ApiEnv>,
  deps: StreamDeps & { turns: TurnService },
  turnId: string,
  lastEventId: string | undefined,
): Response {
  const afterN = lastEventId === undefined ? null : parseEventId(turnId, lastEventId);
  return eventStream(c, deps, (writer) => {
    const coalescer = createCoalescer<TurnStreamItem>({
      clock: deps.clock,
      windowMs: COALESCE_WINDOW_MS,
      // What has an id is a replay, or ends a chunk: it must not swallow what the id does not cover.
      streamOf: ({ id, event }) => (id === null && event !== null && isDelta(event) ? turnId : null),
      join: (first, second) => {
        const event = first.event && second.event && joinTurnEvents(first.event, second.event);
        return event === null ? null : { id: null, event };
      },
      emit: ({ id, event }) => writer.send(id, event ?? undefined),
    });
    const detach = deps.turns.subscribe(turnId, afterN, (item) => {
      if (item !== null) return coalescer.push(item);
      coalescer.flush();
      writer.end();
    });
    return () => {
      coalescer.stop();
      detach();
    };
  });
}
