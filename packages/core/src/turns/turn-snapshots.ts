import type { TurnSnapshot } from "@steward/contract/deliveries";
import { addressOf } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { TurnEventLog } from "./turn-event-log.ts";
import type { TurnRecord } from "./turn-record.ts";

export interface TurnSnapshots {
  /** The turn as it is now, for whoever shows it and has seen nothing of it. */
  take(record: TurnRecord): TurnSnapshot;
}

export const createTurnSnapshots = (deps: {
  events: Pick<TurnEventLog, "live">;
  policies: Pick<PolicyService, "get">;
}): TurnSnapshots => ({
  take: (record) => {
    const live = deps.events.live(record.id);
    const chat = { id: record.chatRef, botId: record.botId };
    return {
      turnId: record.id,
      ...addressOf(record),
      state: record.state,
      language: record.language,
      receivedAt: record.receivedAt,
      startedAt: record.startedAt,
      queuePosition: live?.position ?? null,
      held: live?.held ?? record.parked,
      ...(live?.hold === undefined ? {} : { hold: live.hold }),
      replyToMessageId: record.replyToMessageId,
      placeholderId: record.placeholderMessageId,
      text: live?.text ?? "",
      tools: live?.tools.map((tool) => ({ ...tool })) ?? [],
      verbosity: deps.policies.get("verbosity", chat),
      showThinking: deps.policies.get("showThinking", chat),
      approvals: live?.approvals ?? [],
    };
  },
});
