export { accessEntries, auditEntries, pairingRequests, settings } from "./access.ts";
export { bots, chats, conversations } from "./chats.ts";
export { deliveries } from "./deliveries.ts";
export { chatMessages } from "./messages.ts";
export { gatewayRequests, idempotencyKeys, inbox, turnEvents, turns } from "./turns.ts";
