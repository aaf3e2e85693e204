import type { TurnHold } from "@steward/contract/holds";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Language } from "@steward/schema/enums";
import { formatReset } from "./format-reset.ts";
import type { OpenHold } from "./hold-repository.ts";

/** A hold as it is told: an end that is only the next attempt is no end. */
export const toldHold = (hold: OpenHold): OpenHold =>
  hold.detail === NO_END ? { ...hold, until: null } : hold;

/** `detail` of a hold whose `until` is when it is tried again. */
export const NO_END = "unknown";

/** Why nothing runs, as one sentence; `prefix` chooses the notice or the plain sentence. */
export const describeHold = (
  prefix: "hold" | "notice.hold",
  language: Language,
  { kind, until }: TurnHold,
  timeZone: string,
): string => {
  const plain: MessageKey = `${prefix}.${kind}`;
  const key = kind === "usage_limit" && until === null ? (`${prefix}.usage_limit_unknown` as const) : plain;
  return translate(language, key, { at: until === null ? "" : formatReset(language, until, timeZone) });
};
