export {
  accessChats,
  accessEntries,
  auditEntries,
  chatMoves,
  invitations,
  pairingRequests,
  settings,
} from "./access.ts";
export { approvals } from "./approvals.ts";
export { bots, chats, conversations } from "./chats.ts";
export { commandRuns } from "./command-runs.ts";
export { deliveries, deliveryAttempts } from "./deliveries.ts";
export { expenses } from "./expenses.ts";
export { archives, files } from "./files.ts";
export { memories, memoryChanges, turnRecalls } from "./memories.ts";
export { chatMessages, historySessions } from "./messages.ts";
export { planReviews } from "./plans.ts";
export { holds, policies } from "./policies.ts";
export { projects } from "./projects.ts";
export { searchQueue } from "./search.ts";
export {
  answeredRequests,
  gatewayRequests,
  idempotencyKeys,
  inbox,
  turnEvents,
  turnMessages,
  turns,
} from "./turns.ts";
export { webSessions } from "./web-sessions.ts";
