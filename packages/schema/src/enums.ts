/** Plain constants shared by the database, the wire and the user interfaces. Driver-free and browser-safe. */

/** A turn's life (DESIGN §4). The last four are terminal and written exactly once. */
export const TURN_STATES = [
  "received",
  "queued",
  "running",
  "result_saved",
  "delivering",
  "done",
  "interrupted",
  "failed",
  "cancelled",
] as const;
export type TurnState = (typeof TURN_STATES)[number];

export const TERMINAL_TURN_STATES = ["done", "interrupted", "failed", "cancelled"] as const;
export type TerminalTurnState = (typeof TERMINAL_TURN_STATES)[number];

/** The door a turn came in by. */
export const TURN_SOURCES = ["telegram", "gateway", "web", "cli", "cron", "background", "mcp"] as const;
export type TurnSource = (typeof TURN_SOURCES)[number];

/** What an update is, as the front end classified it. Only `prompt` rows become turns. */
export const UPDATE_KINDS = [
  "prompt",
  "command",
  "callback",
  "edit",
  "membership",
  "unsupported",
  "malformed",
  "denied",
] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** `pending` rows are replayed to the front end after its restart; every other state is terminal. */
export const INBOX_STATES = ["pending", "turn", "handled", "ignored", "dead"] as const;
export type InboxState = (typeof INBOX_STATES)[number];

/**
 * `sending`: a front end has begun to send what cannot be sent twice (a file); whether it landed is not known yet.
 * `possibly_delivered`: it may or may not have landed and cannot be repeated safely; the owner is asked.
 */
export const DELIVERY_STATES = ["pending", "sending", "delivered", "possibly_delivered", "dead"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * `answer`: a turn's result. `failure`: a turn that did not end well, in one human sentence. `file`: a file the agent
 * sends, its caption as the text. `approval`: a question of the agent's, and later its end. `notice`: anything else.
 */
export const DELIVERY_KINDS = ["answer", "failure", "file", "approval", "notice"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

export const SESSION_STATES = [
  "idle",
  "suspended",
  "spawning",
  "resuming",
  "running",
  "ready",
  "stopping",
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

export const MESSAGE_ROLES = ["user", "assistant"] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

export const ACCESS_ROLES = ["owner", "admin", "user"] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** Whom the bot serves in a group that it is allowed in: the people who are paired with it, or everybody there. */
export const CHAT_ADMISSIONS = ["paired", "everyone"] as const;
export type ChatAdmission = (typeof CHAT_ADMISSIONS)[number];

/** What it takes for its own in a group: what mentions it, replies to it or commands it; or all that is written. */
export const CHAT_ATTENTIONS = ["addressed", "always"] as const;
export type ChatAttention = (typeof CHAT_ATTENTIONS)[number];

/** What kind of client a bot is. `gateway` = a client of the ancestor's HTTP endpoints; `local` = terminal and web. */
export const BOT_KINDS = ["telegram", "gateway", "local"] as const;
export type BotKind = (typeof BOT_KINDS)[number];

/** A poller's health as its front end reports it. */
export const BOT_STATES = [
  "unknown",
  "starting",
  "polling",
  "conflict",
  "unauthorized",
  "unreachable",
  "stopped",
] as const;
export type BotState = (typeof BOT_STATES)[number];

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

/** `tool`: may this tool run? `question`: choose an answer. `plan`: may the plan be carried out? */
export const APPROVAL_KINDS = ["tool", "question", "plan"] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** `expired`: nobody answered in time, or the service was restarted. `withdrawn`: its turn ended first. */
export const APPROVAL_STATES = ["pending", "allowed", "denied", "expired", "withdrawn"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** A plan waits, was confirmed, gave way to what the person wrote instead, or was not answered in time. */
export const PLAN_STATES = ["pending", "confirmed", "revised", "expired"] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** The CLI's own words (`--permission-mode`). Anything laxer than `default` is a person's explicit choice. */
export const PERMISSION_MODES = ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"] as const;
export type PermissionMode = (typeof PERMISSION_MODES)[number];

/** Why no turn may run: a person's panic, the plan's usage limit, a missing login, a spent budget. */
export const HOLD_KINDS = ["panic", "usage_limit", "login", "budget"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

export const FILE_DIRECTIONS = ["in", "out"] as const;
export type FileDirection = (typeof FILE_DIRECTIONS)[number];

/**
 * What was spent beside the results of turns. `own_turn`: the CLI spoke up when work in the background had ended.
 * `late`: known only after its turn had been settled. `triage`: the judging of a message that was never answered.
 * `summary`: a silent conversation was summarised up to its turn. `summary_attempt`: it was to be, and nothing came of it
 * (yet).
 */
export const EXPENSE_KINDS = ["own_turn", "late", "triage", "summary", "summary_attempt"] as const;
export type ExpenseKind = (typeof EXPENSE_KINDS)[number];

/** `proposed` waits for a person: it came from a turn that had touched what others wrote. */
export const MEMORY_STATES = ["accepted", "proposed"] as const;
export type MemoryState = (typeof MEMORY_STATES)[number];

/**
 * Who wrote it: a person in their own words, the agent by its tools, another client of the API, a summary of a silent
 * conversation, or a file that was taken in. Changes alone may also come from the house itself: what has expired goes, and
 * what belongs to a chat moves with it.
 */
export const MEMORY_ORIGINS = ["person", "agent", "client", "summary", "import", "housekeeping"] as const;
export type MemoryOrigin = (typeof MEMORY_ORIGINS)[number];

export const MEMORY_ACTIONS = ["created", "updated", "deleted", "accepted", "rejected", "restored"] as const;
export type MemoryAction = (typeof MEMORY_ACTIONS)[number];

/** What can be searched for. */
export const SEARCHED_KINDS = ["message", "memory"] as const;
export type SearchedKind = (typeof SEARCHED_KINDS)[number];
