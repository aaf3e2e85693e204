import { ENDPOINTS } from "@steward/contract/endpoints";
import type { AwayService } from "@steward/core/chats/away-service";
import type { ChatService } from "@steward/core/chats/chat-service";
import type { TopicService } from "@steward/core/chats/topic-service";
import type { PlanService } from "@steward/core/plans/plan-service";
import type { QueueService } from "@steward/core/turns/queue-service";
import type { Mount } from "../http/mount.ts";

export function mountChats(
  mount: Mount,
  {
    chats,
    away: awayService,
    queue,
    plans,
    topics,
  }: { chats: ChatService; away: AwayService; queue: QueueService; plans: PlanService; topics: TopicService },
): void {
  mount.json(ENDPOINTS.getChatStatus, ({ query }) => chats.status(query));
  mount.json(ENDPOINTS.stopChat, ({ body: { turnId, messageId, ...address } }) =>
    chats.stop(address, turnId, messageId),
  );
  mount.json(ENDPOINTS.advanceTurn, ({ params, body }) => queue.advance(params.turnId, body));
  mount.json(ENDPOINTS.dropTurn, ({ params, body }) => queue.drop(params.turnId, body));
  mount.json(ENDPOINTS.rerunEdited, ({ body: { messageId, ...address } }) =>
    queue.rerunEdited(address, messageId),
  );
  mount.json(ENDPOINTS.confirmPlan, ({ body: { turnId, userId, userName = null, ...address } }) =>
    plans.confirm(address, { userId, userName }, turnId),
  );
  mount.json(ENDPOINTS.noteTopic, ({ body: { name, isDefault, ...address } }) => {
    topics.note(address, { name, isDefault });
    return { ok: true as const };
  });
  mount.json(ENDPOINTS.titleTopic, ({ body }) => ({ title: topics.title(body) }));
  mount.json(ENDPOINTS.releaseQueue, ({ body: { action, ...address } }) => ({
    count: chats.release(address, action),
  }));
  mount.json(ENDPOINTS.setAway, ({ body: { away, ...address } }) =>
    away ? awayService.leave(address) : awayService.comeBack(address),
  );
  mount.json(ENDPOINTS.newConversation, ({ body }) => chats.newConversation(body));
}
