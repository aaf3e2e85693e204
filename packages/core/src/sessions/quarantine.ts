import type { ConversationRecord } from "../chats/chat-repository.ts";

/**
 * Why a conversation's CLI session is not to be trusted any more.
 *
 * - `died`: its process went away by itself. `killed`: it hung and was ended by force. `restart`: the service died over it.
 *   `stopped`: a person's stop had to be carried out by force. Resuming works after every kind of kill (measured), so it is tried once.
 * - `no_answer`: it ended its turn without doing anything. `in_vain`: it was resumed and failed again. Both are given up:
 *   a new session takes over.
 */
export type QuarantineReason = "died" | "killed" | "restart" | "stopped" | "no_answer" | "in_vain";

const GIVEN_UP: readonly string[] = ["no_answer", "in_vain"] satisfies QuarantineReason[];

/** The reason that stands after `reason` has come to what stood before. A restart and a stop are not the session's fault. */
export const nextQuarantine = (
  { quarantinedAt, quarantineReason }: Pick<ConversationRecord, "quarantinedAt" | "quarantineReason">,
  reason: QuarantineReason,
): QuarantineReason | string => {
  if (reason === "no_answer" || quarantinedAt === null) return reason;
  if (quarantineReason !== null && GIVEN_UP.includes(quarantineReason)) return quarantineReason;
  return reason === "restart" || reason === "stopped" ? (quarantineReason ?? reason) : "in_vain";
};

/** Resuming it makes no sense: a new session is to take over. */
export const isGivenUp = ({ quarantineReason }: Pick<ConversationRecord, "quarantineReason">): boolean =>
  quarantineReason !== null && GIVEN_UP.includes(quarantineReason);
