export {
  type ApiErrorBody,
  type ApiErrorType,
  type ApiFailure,
  INTERNAL_ERROR,
  invalidRequest,
  toErrorBody,
  UNKNOWN_ROUTE,
} from "./api-error.ts";
export { type Conversation, type Prompt, readConversation, type ToolRound } from "./conversation.ts";
export { type BeginOptions, ClientGone, type Exchange, type IncomingCall } from "./exchange.ts";
export { estimateTokens, type FinishOptions, type MessageWriter, type ToolUse } from "./message-writer.ts";
export {
  type ContentBlock,
  type Message,
  type MessagesRequest,
  type ParsedRequest,
  parseMessagesRequest,
} from "./messages-request.ts";
export { type MessagesServerOptions, type RunningServer, startMessagesServer } from "./messages-server.ts";
export { recogniseSideCall, type SideCall } from "./side-call.ts";
export { encodeStreamEvent, type StopReason, type StreamEvent, type Usage } from "./stream-event.ts";
