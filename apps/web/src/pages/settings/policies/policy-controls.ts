import type { PolicyName } from "@steward/contract/policies";

/** How a policy is set. What may be empty says with `none` what that means. */
export type PolicyControl =
  | { kind: "switch" }
  | { kind: "choice"; values: readonly (string | number)[] }
  /** `scale`: how many of the policy's own unit one of the shown unit is. */
  | { kind: "number"; unit: PolicyUnit; scale?: number; none?: PolicyNone }
  | { kind: "lines" }
  | { kind: "text"; isLong?: true; none?: PolicyNone };
export type PolicyUnit = "usd" | "days" | "minutes" | "turns" | "tokens" | "megabytes";
export type PolicyNone = "no_limit" | "forever" | "never" | "cli" | "service" | "nothing";

const MINUTE_MS = 60_000;
const days = (none?: PolicyNone) => ({ kind: "number", unit: "days", ...(none && { none }) }) as const;

/** What is set by other means: `/away` says since when. */
type Elsewhere = "awaySince";
export type ShownPolicy = Exclude<PolicyName, Elsewhere>;

/** Every policy that a person sets here; a new one gets its line, a group below, and its texts. */
export const POLICY_CONTROLS: Record<ShownPolicy, PolicyControl> = {
  model: { kind: "text", none: "cli" },
  fallbackModel: { kind: "text", none: "nothing" },
  triage: { kind: "choice", values: ["off", "haiku"] },
  persona: { kind: "text", isLong: true, none: "nothing" },
  verbosity: { kind: "choice", values: [0, 1, 2] },
  showThinking: { kind: "switch" },
  topicTitles: { kind: "switch" },
  cliCommands: { kind: "lines" },
  permissionMode: {
    kind: "choice",
    values: ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"],
  },
  allowRules: { kind: "lines" },
  unattended: { kind: "choice", values: ["ask", "deny"] },
  approvalTimeoutMs: { kind: "number", unit: "minutes", scale: MINUTE_MS },
  bashNetwork: { kind: "lines" },
  memoryTools: { kind: "switch" },
  maxUsdPerTurn: { kind: "number", unit: "usd", none: "no_limit" },
  maxUsdPerDay: { kind: "number", unit: "usd", none: "no_limit" },
  maxTurnsPerMinute: { kind: "number", unit: "turns", none: "no_limit" },
  maxTurnsPerHour: { kind: "number", unit: "turns", none: "no_limit" },
  maxTokenTurnsPerMinute: { kind: "number", unit: "turns", none: "no_limit" },
  idleTimeoutMs: { kind: "number", unit: "minutes", scale: MINUTE_MS, none: "service" },
  fileQuotaMb: { kind: "number", unit: "megabytes" },
  recallTokens: { kind: "number", unit: "tokens" },
  rememberSentences: { kind: "switch" },
  summariseAfterDays: days("never"),
  keepMessagesDays: days("forever"),
  archiveAfterDays: days("never"),
  keepRestoredArchivesDays: days(),
  keepForgottenDays: days(),
  keepMemoryChangesDays: days("forever"),
  keepTurnEventsDays: days(),
  keepPayloadsDays: days(),
  keepApprovalsDays: days("forever"),
  keepAuditDays: days("forever"),
};

export const POLICY_GROUPS = {
  behaviour: [
    "model",
    "fallbackModel",
    "triage",
    "persona",
    "verbosity",
    "showThinking",
    "topicTitles",
    "cliCommands",
  ],
  permissions: [
    "permissionMode",
    "allowRules",
    "unattended",
    "approvalTimeoutMs",
    "bashNetwork",
    "memoryTools",
  ],
  limits: [
    "maxUsdPerTurn",
    "maxUsdPerDay",
    "maxTurnsPerMinute",
    "maxTurnsPerHour",
    "maxTokenTurnsPerMinute",
    "idleTimeoutMs",
    "fileQuotaMb",
  ],
  retention: [
    "recallTokens",
    "rememberSentences",
    "summariseAfterDays",
    "keepMessagesDays",
    "archiveAfterDays",
    "keepRestoredArchivesDays",
    "keepForgottenDays",
    "keepMemoryChangesDays",
    "keepTurnEventsDays",
    "keepPayloadsDays",
    "keepApprovalsDays",
    "keepAuditDays",
  ],
} as const satisfies Record<string, readonly ShownPolicy[]>;
export type PolicyGroup = keyof typeof POLICY_GROUPS;

/** The service asks for these only for everything: a bot's or chat's own word would do nothing. */
const FOR_EVERYTHING_ALONE: ReadonlySet<PolicyName> = new Set<PolicyName>([
  "maxTokenTurnsPerMinute",
  "keepRestoredArchivesDays",
  "keepForgottenDays",
  "keepMemoryChangesDays",
  "keepTurnEventsDays",
  "keepPayloadsDays",
  "keepApprovalsDays",
  "keepAuditDays",
]);

export const policiesOf = (group: PolicyGroup, isGlobal: boolean): readonly ShownPolicy[] =>
  POLICY_GROUPS[group].filter((name) => isGlobal || !FOR_EVERYTHING_ALONE.has(name));
