import type { ApprovalService } from "../approvals/approval-service.ts";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { OutboxSender } from "../files/outbox-sender.ts";
import type { ActiveTurnDeps } from "./active-turn.ts";
import type { CliListenerDeps } from "./cli-listener.ts";
import type { HeadOfQueueDeps } from "./head-of-queue.ts";
import type { HeadRecallDeps } from "./head-recall.ts";
import type { OwnWorkDeps } from "./own-work.ts";
import type { PromptSenderDeps } from "./prompt-sender.ts";
import type { SessionNoticesDeps } from "./session-notices.ts";
import type { SessionProcessDeps } from "./session-process.ts";

/** `panic`: at once, and what waits goes on waiting. */
export type EndReason = "reset" | "shutdown" | "panic";

export interface ChatSessionDeps
  extends ActiveTurnDeps,
    SessionProcessDeps,
    Pick<SessionNoticesDeps, "readsOutbox">,
    Omit<OwnWorkDeps, "outbox">,
    HeadRecallDeps,
    Pick<CliListenerDeps, "recalls">,
    PromptSenderDeps {
  chats: ChatRepository;
  approvals: Pick<ApprovalService, "ask">;
  outbox: OwnWorkDeps["outbox"] & Pick<OutboxSender, "sweep">;
  words: OutboxWords;
  triage: HeadOfQueueDeps["triage"];
  processCame: () => void;
  hub: Pick<EventHub, "publish">;
  /** Ready sessions hand their place on when others wait for one. */
  placeWanted: () => boolean;
  /** How long the chat's session stays warm without a turn. */
  idleTimeoutMs: (chat: ChatRecord) => number;
}
