import { APPROVAL_STATES, TERMINAL_TURN_STATES } from "@steward/schema/enums";
import { z } from "zod";
import { APPROVAL_DECISIONS, approvalIdSchema, shownApprovalSchema } from "./approvals.ts";
import { fileSummarySchema } from "./files.ts";
import { turnHoldSchema } from "./holds.ts";

/**
 * What happens during a turn, as a versioned union. Readers ignore types they do not know.
 *
 * Text is addressed, not appended: a `text` event says "from `offset` (UTF-16 units) on, the text is this". Applying
 * the same event twice, or a replay that overlaps what was already seen, changes nothing, and a block that supersedes
 * its own deltas simply starts at their offset. Use {@link applyText}.
 */
const base = { v: z.literal(1), turnId: z.string(), at: z.int().describe("UTC milliseconds") };

export const turnUsageSchema = z.object({
  inputTokens: z.int(),
  outputTokens: z.int(),
  cacheReadTokens: z.int(),
  cacheCreationTokens: z.int(),
  costUsd: z.number().describe("US dollars of this turn alone, as the CLI reckons it"),
});
export type TurnUsage = z.infer<typeof turnUsageSchema>;

export const turnEventSchema = z.discriminatedUnion("type", [
  z.object({
    ...base,
    type: z.literal("queued"),
    position: z.int().describe("1 = next"),
    /** The queue is held: by `hold`, and without one after a stop, until the person says Run or Drop. */
    held: z.boolean(),
    freeMb: z.int().optional().describe("Memory is short, this much is free: it waits for more"),
    hold: turnHoldSchema.optional(),
  }),
  z.object({
    ...base,
    type: z.literal("started"),
    /** `warm`: the process was alive. */
    start: z.enum(["warm", "resumed", "fresh"]),
  }),
  z.object({ ...base, type: z.literal("text"), offset: z.int(), text: z.string() }),
  z.object({ ...base, type: z.literal("thinking"), text: z.string() }),
  z.object({
    ...base,
    type: z.literal("tool_started"),
    toolUseId: z.string(),
    name: z.string(),
    summary: z.string().describe("The telling part of the input, one line, ≤ 200 characters"),
    parentToolUseId: z.string().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal("tool_finished"),
    toolUseId: z.string(),
    isError: z.boolean(),
    durationMs: z.int(),
  }),
  z.object({
    ...base,
    type: z.literal("retrying"),
    attempt: z.int(),
    maxRetries: z.int(),
    delayMs: z.int(),
    reason: z.string(),
  }),
  z.object({ ...base, type: z.literal("compacting") }),
  /** The turn waits for a person. */
  z.object({ ...base, type: z.literal("approval_requested"), ...shownApprovalSchema.shape }),
  z.object({
    ...base,
    type: z.literal("approval_resolved"),
    approvalId: approvalIdSchema,
    state: z.enum(APPROVAL_STATES).exclude(["pending"]),
    decision: z.enum(APPROVAL_DECISIONS).nullable(),
    decidedBy: z.string().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal("final"),
    state: z.enum(TERMINAL_TURN_STATES),
    /** The whole answer, authoritative; for other states the sentence told to the person, partial text included. */
    text: z.string(),
    errorCode: z.string().nullable(),
    usage: turnUsageSchema.nullable(),
    /** What it sent back. */
    files: z.array(fileSummarySchema).optional(),
  }),
]);
export type TurnEvent = z.infer<typeof turnEventSchema>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before it has its turn and time. */
export type TurnEventBody = DistributiveOmit<TurnEvent, "v" | "turnId" | "at">;

/** The text after a `text` event was applied to it. */
export const applyText = (text: string, event: { offset: number; text: string }): string =>
  text.slice(0, event.offset) + event.text;

/** Two `text` events in a row as one with the same effect: what a writer that waits a moment sends instead. */
export const mergeText = <Text extends { offset: number; text: string }>(first: Text, second: Text): Text =>
  second.offset <= first.offset
    ? second
    : {
        ...second,
        offset: first.offset,
        text: first.text.slice(0, second.offset - first.offset) + second.text,
      };

/** SSE id of a committed chunk of a turn's log: `Last-Event-ID` resumes after it. */
export const formatEventId = (turnId: string, n: number): string => `${turnId}:${n}`;

/** The chunk number in an event id of this turn; null when it is another turn's or garbage. */
export const parseEventId = (turnId: string, eventId: string): number | null => {
  const match = /^([0-9a-f-]{36}):(\d{1,9})$/.exec(eventId);
  return match && match[1] === turnId ? Number(match[2]) : null;
};
