import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import { formatElapsed } from "@steward/telegram/status-text";
import { type Messenger, plainText } from "../outbound/messenger.ts";

export interface LongTurnNoteDeps {
  messenger: Pick<Messenger, "say">;
  /** When a turn began that this process has seen; UTC ms. */
  startedAt(turnId: string): number | null;
  log: Logger;
}

/** Edits do not make a phone ring: a turn that took longer than this is followed by a short note that does. */
const NOTE_AFTER_MS = 60_000;

/** Call when a delivery stands in its chat. What a person ended themselves needs no note. */
export function createLongTurnNote({ messenger, startedAt, log }: LongTurnNoteDeps) {
  return ({
    turnId,
    kind,
    actions,
    createdAt,
    turnStartedAt,
    language,
    placeholderIds,
    quiet,
    ...address
  }: Delivery): void => {
    const isFailure = kind === "failure" && actions.length > 0;
    if (quiet === true) return;
    if (turnId === null || (kind !== "answer" && !isFailure)) return;
    // The API knows it across restarts; what was seen here is the first attempt of several.
    const beganAt = startedAt(turnId) ?? turnStartedAt ?? null;
    if (beganAt === null || createdAt - beganAt < NOTE_AFTER_MS) return;
    const duration = formatElapsed(createdAt - beganAt);
    const text = translate(language, isFailure ? "bot.failed_ping" : "bot.done_ping", { duration });
    messenger
      .say(address, plainText(text), { replyToMessageId: placeholderIds[0] ?? null })
      .catch((error: unknown) => log.warn({ err: error }, "could not say that a long turn is over"));
  };
}
