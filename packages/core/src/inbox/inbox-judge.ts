import type { ChatAddress } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";
import { MAX_PROMPT_BYTES } from "@steward/contract/turns";
import type { InboxState } from "@steward/schema/enums";
import type { NotAdmitted } from "../access/admission.ts";
import type { RateRefusal, RateVerdict, Submitter } from "../limits/turn-rates.ts";
import { promptOf } from "./prompt-of.ts";

/** A prompt, or the edit of one, whose sender is let in. */
export type Prompt = InboxUpdate & {
  kind: "prompt" | "edit";
  chat: NonNullable<InboxUpdate["chat"]>;
  sender: NonNullable<InboxUpdate["sender"]>;
};

/** Why a row begins in the state it begins in. */
export interface Refusal {
  state: Exclude<InboxState, "turn">;
  detail: string;
  /** Of `rate_limited`. */
  rate?: RateRefusal;
}

/** Kinds that the front end handles and then settles. */
const HANDLED_BY_FRONT_END: readonly InboxUpdate["kind"][] = ["command", "callback", "unsupported"];

/** What becomes of an update by itself; a prompt that comes out may still be refused by `judgePrompt`. */
export const judgeUpdate = (
  update: InboxUpdate,
  admit: (update: InboxUpdate) => NotAdmitted | null,
): Refusal | { prompt: Prompt } => {
  if (update.kind === "malformed") return { state: "dead", detail: update.reason ?? "malformed" };
  if (update.kind === "denied") return { state: "ignored", detail: update.reason ?? "denied" };
  const { chat, sender } = update;
  const refusal = admit(update);
  if (refusal !== null || !chat || !sender) return { state: "ignored", detail: refusal ?? "not_paired" };
  if (HANDLED_BY_FRONT_END.includes(update.kind)) return { state: "pending", detail: "" };
  return { prompt: { ...update, kind: update.kind === "edit" ? "edit" : "prompt", chat, sender } };
};

/** Whether a turn of its own may be made of a prompt; null: it may. Counts it against the rates only then. */
export const judgePrompt = (
  prompt: Prompt,
  address: ChatAddress,
  ask: { isFull: (address: ChatAddress) => boolean; takeRate: (submitter: Submitter) => RateVerdict },
): Refusal | null => {
  if (ask.isFull(address)) return { state: "dead", detail: "queue_full" };
  if (Buffer.byteLength(promptOf(prompt)) > MAX_PROMPT_BYTES) {
    return { state: "dead", detail: "prompt_too_long" };
  }
  const rate = ask.takeRate({ ...address, userId: prompt.sender.id, byToken: false });
  return rate.allowed ? null : { state: "dead", detail: "rate_limited", rate };
};
