import type { TurnEvent } from "@steward/contract/turn-events";
import type { Hop, HopName, TurnSummary, TurnTrace } from "@steward/contract/turn-history";
import type { deliveries } from "@steward/schema/tables";
import type { DeliveryAttempt } from "../deliveries/delivery-attempts.ts";
import type { TurnEventRow } from "./turn-event-repository.ts";
import type { TurnRecord } from "./turn-record.ts";

/** What the database says of one turn. */
export interface TraceFacts {
  turn: TurnRecord;
  summary: TurnSummary;
  /** The updates that it was made of, as they came in. */
  came: readonly { payload: string | null; receivedAt: number }[];
  chunks: readonly TurnEventRow[];
  recalls: TurnTrace["recalls"];
  files: TurnTrace["files"];
  deliveries: readonly { row: typeof deliveries.$inferSelect; attempts: readonly DeliveryAttempt[] }[];
}

/** The steps of a turn in the order of their times. Nothing in it is reckoned: each is a time that was written down. */
export function composeTrace({
  turn,
  summary,
  came,
  chunks,
  recalls,
  files,
  deliveries: outgoing,
}: TraceFacts): TurnTrace {
  const hops: Hop[] = [];
  const add = (at: number | null, hop: HopName, detail = ""): void => {
    if (at !== null) hops.push({ at, hop, detail });
  };
  for (const { payload } of came) add(sentAtOf(payload), "sent");
  add(turn.receivedAt, "stored", turn.source);
  const events = chunks.map(({ body }) => JSON.parse(body) as TurnEvent);
  addEvents(events, add);
  if (!events.some(({ type }) => type === "started")) add(turn.startedAt, "started");
  add(turn.finishedAt, "answer", turn.errorCode ?? "");
  for (const { row, attempts } of outgoing) {
    add(row.createdAt, "delivery", row.kind);
    for (const { at, outcome, error } of attempts) {
      if (outcome === "retry") add(at, "attempt", error ?? "");
    }
    if (row.state === "delivered" || row.state === "dead" || row.state === "possibly_delivered")
      add(row.settledAt, row.state, row.lastError ?? "");
  }
  return {
    turn: summary,
    attempt: turn.attempt,
    hops: hops.sort((a, b) => a.at - b.at),
    recalls,
    files,
    deliveries: outgoing.map(({ row }) => ({
      id: row.id,
      kind: row.kind,
      state: row.state,
      attempt: row.attempt,
      messageIds: row.placeholderIds.filter((id) => id !== null),
      lastError: row.lastError,
    })),
    logKept: events.length > 0 || turn.startedAt === null,
  };
}

function addEvents(
  events: readonly TurnEvent[],
  add: (at: number, hop: HopName, detail?: string) => void,
): void {
  const toolNames = new Map<string, string>();
  let hasText = false;
  for (const event of events) {
    switch (event.type) {
      case "queued":
        add(event.at, event.held ? "held" : "queued", event.hold?.kind ?? `#${event.position}`);
        break;
      case "started":
        add(event.at, "started", event.start);
        break;
      case "text":
        if (!hasText) add(event.at, "first_text");
        hasText = true;
        break;
      case "tool_started":
        toolNames.set(event.toolUseId, event.name);
        add(event.at, "tool", `${event.name} ${event.summary}`.trim());
        break;
      case "tool_finished":
        if (event.isError) add(event.at, "tool_failed", toolNames.get(event.toolUseId) ?? "");
        break;
      case "approval_requested":
        add(event.at, "approval");
        break;
      case "approval_resolved":
        add(event.at, "approval_end", event.state);
        break;
      case "retrying":
        add(event.at, "retrying", event.reason);
    }
  }
}

/** When Telegram says that it was sent, UTC ms. */
function sentAtOf(payload: string | null): number | null {
  if (payload === null) return null;
  const { sentAt } = JSON.parse(payload) as { sentAt?: number | null };
  return sentAt ?? null;
}
