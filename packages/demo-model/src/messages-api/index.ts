export type { ApiErrorBody, ApiErrorType, ApiFailure } from "./api-error.ts";
export { type Conversation, type Prompt, readConversation, type ToolRound } from "./conversation.ts";
export type { BeginOptions, Exchange, IncomingCall } from "./exchange.ts";
export type { FinishOptions, MessageWriter, ToolUse } from "./message-writer.ts";
export type { ContentBlock, Message, MessagesRequest } from "./messages-request.ts";
export { type MessagesServerOptions, type RunningServer, startMessagesServer } from "./messages-server.ts";
export { recogniseSideCall, type SideCall } from "./side-call.ts";
export type { StopReason, StreamEvent, Usage } from "./stream-event.ts";
