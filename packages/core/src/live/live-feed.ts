import { isSameChat } from "@steward/contract/ids";
import type { LiveChange, LiveEvent, LiveTopic } from "@steward/contract/live";
import type { Clock, Timer } from "@steward/platform/clock";
import { addressOf } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { TurnRepository } from "../turns/turn-repository.ts";
import type { TurnSnapshots } from "../turns/turn-snapshots.ts";

/** Long enough for a burst of changes to be told once, too short to be felt. */
const GATHER_MS = 50;

export interface LiveFeed {
  /** Sends the turns that are open and `live`, then what happens. Returns the detach function. */
  subscribe(sink: (event: LiveEvent) => void): () => void;
}

const isSame = (a: LiveChange, b: LiveChange): boolean =>
  a.topic === b.topic &&
  a.botId === b.botId &&
  (a.chat && b.chat ? isSameChat(a.chat, b.chat) : a.chat === b.chat);

export const createLiveFeed = (deps: {
  turns: Pick<TurnRepository, "find" | "unsettled">;
  snapshots: TurnSnapshots;
  hub: EventHub;
  clock: Clock;
}): LiveFeed => {
  const { turns, snapshots, hub, clock } = deps;

  return {
    subscribe: (sink) => {
      let gathered: LiveChange[] = [];
      let timer: Timer | null = null;
      const flush = (): void => {
        timer = null;
        const changes = gathered;
        gathered = [];
        sink({ type: "changed", changes });
      };
      // Told a moment later: what is published within a transaction is committed by then.
      const change = (what: LiveChange): void => {
        if (!gathered.some((each) => isSame(each, what))) gathered.push(what);
        timer ??= clock.setTimer(GATHER_MS, flush, { unref: true });
      };
      const ofBot = (topic: LiveTopic) => (event: { botId: string }) => change({ topic, botId: event.botId });

      for (const record of turns.unsettled()) {
        sink({ type: "turn_opened", turn: snapshots.take(record) });
      }
      sink({ type: "live" });

      const detach = [
        hub.subscribe("turn_opened", ({ turnId }) => {
          const record = turns.find(turnId);
          if (!record) return;
          sink({ type: "turn_opened", turn: snapshots.take(record) });
          change({ topic: "history", chat: addressOf(record) });
        }),
        hub.subscribe("turn_event", ({ turnId, event }) => {
          sink({ type: "turn_event", event });
          if (event.type === "approval_requested" || event.type === "approval_resolved") {
            change({ topic: "approvals" });
          }
          if (event.type !== "final") return;
          const record = turns.find(turnId);
          if (record) change({ topic: "history", chat: addressOf(record) });
        }),
        hub.subscribe("session_changed", ({ chat }) => change({ topic: "sessions", chat: addressOf(chat) })),
        hub.subscribe("history_changed", ({ chat }) =>
          change({ topic: "history", ...(chat && { chat: addressOf(chat) }) }),
        ),
        hub.subscribe("memories_changed", () => change({ topic: "memories" })),
        hub.subscribe("holds_changed", () => change({ topic: "holds" })),
        hub.subscribe("access_changed", ofBot("access")),
        hub.subscribe("pairing_changed", ofBot("access")),
        hub.subscribe("invitations_changed", ofBot("access")),
        hub.subscribe("bot_changed", ofBot("access")),
        hub.subscribe("audit_written", () => change({ topic: "audit" })),
        hub.subscribe("delivery_changed", ofBot("deliveries")),
        hub.subscribe("policy_changed", () => change({ topic: "policies" })),
        hub.subscribe("commands_changed", () => change({ topic: "commands" })),
      ];
      return () => {
        timer?.cancel();
        for (const each of detach) each();
      };
    },
  };
};
