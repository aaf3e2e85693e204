import { formatEventId } from "@steward/contract/turn-events";
import { createAccessService } from "../access/access-service.ts";
import { refuseBypass } from "../approvals/bypass-veto.ts";
import { createChatHistoryRepository } from "../chat/chat-history-repository.ts";
import { createChatRepository } from "../chats/chat-repository.ts";
import type { CoreDeps } from "../core-deps.ts";
import { createDeliveryAttempts } from "../deliveries/delivery-attempts.ts";
import { createDeliveryRepository } from "../deliveries/delivery-repository.ts";
import { createOutboxWriter } from "../deliveries/outbox-writer.ts";
import { createEventHub } from "../events/event-hub.ts";
import { createFileRepository } from "../files/file-repository.ts";
import { createOutgoingWriter } from "../files/outgoing-writer.ts";
import { createGatewayRequestRepository } from "../gateway/gateway-request-repository.ts";
import { createInboxRepository } from "../inbox/inbox-repository.ts";
import { createPlanRepository } from "../plans/plan-repository.ts";
import { createPolicyService } from "../policies/policy-service.ts";
import { createRecallRepository } from "../recall/recall-repository.ts";
import { createSettingsRepository } from "../settings/settings-repository.ts";
import { createStorageWatch } from "../storage/storage-watch.ts";
import { createIdempotencyRepository } from "../turns/idempotency-repository.ts";
import { createOutcomeWriter } from "../turns/outcome-writer.ts";
import { createTurnEventLog } from "../turns/turn-event-log.ts";
import { createTurnEventRepository } from "../turns/turn-event-repository.ts";
import { createTurnJournal } from "../turns/turn-journal.ts";
import { createTurnMessageRepository } from "../turns/turn-message-repository.ts";
import { createTurnRepository } from "../turns/turn-repository.ts";
import { createExpenseBook } from "../usage/expense-book.ts";
import { createUsageRepository } from "../usage/usage-repository.ts";

export type Records = ReturnType<typeof wireRecords>;

/** What is written down and read again, and who is told of it. Nothing here knows of a process. */
export const wireRecords = (deps: CoreDeps) => {
  const { database, clock, ids, log } = deps;
  const { db } = database;
  const hub = createEventHub({ log });
  const settings = createSettingsRepository({ db, hub, clock });
  const chats = createChatRepository({ db });
  const turns = createTurnRepository({ db });
  const plans = createPlanRepository({ db });
  const messages = createTurnMessageRepository({ db });
  const chunks = createTurnEventRepository({ db });
  const deliveries = createDeliveryRepository({ db });
  const history = createChatHistoryRepository({ db, now: () => clock.now(), hub });
  const files = createFileRepository({ db });
  const bootId = ids.uuid4();
  const storage = createStorageWatch({ database, clock, log });
  const events = createTurnEventLog({ database, chunks, storage, hub, clock, log, formatId: formatEventId });
  const outbox = createOutboxWriter({ database, deliveries, history, files, storage, hub, clock, ids });
  const outcomes = createOutcomeWriter({
    database,
    turns,
    chunks,
    chats,
    history,
    outbox,
    plans,
    writeOutgoing: createOutgoingWriter({ files, deliveries, ids }),
    events,
    storage,
    clock,
    log,
  });
  const recalls = createRecallRepository({ db });
  const journal = createTurnJournal({
    recalls,
    storage,
    outcomes,
    database,
    turns,
    messages,
    chats,
    history,
    files,
    events,
    hub,
    clock,
    log,
    bootId,
  });
  const policies = createPolicyService({
    database,
    chats,
    settings,
    hub,
    clock,
    environment: deps.environmentPolicies ?? {},
    veto: deps.policyVeto ?? refuseBypass,
  });
  const instanceId = settings.get("instance_id") ?? ids.uuid4();
  settings.set("instance_id", instanceId);
  return {
    hub,
    settings,
    chats,
    turns,
    messages,
    plans,
    chunks,
    keys: createIdempotencyRepository({ db }),
    deliveries,
    attempts: createDeliveryAttempts({ db }),
    history,
    files,
    inbox: createInboxRepository({ db }),
    events,
    storage,
    outbox,
    journal,
    recalls,
    policies,
    gatewayRequests: createGatewayRequestRepository({ db }),
    usage: createUsageRepository({ db }),
    expenses: createExpenseBook({ database, storage, clock, log }),
    access: createAccessService({
      database,
      chats,
      deliveries,
      settings,
      hub,
      clock,
      ids,
      warnsOfSharing: deps.warnsOfSharing ?? false,
    }),
    bootId,
    instanceId,
  };
};
