import type { AccessDecision } from "@steward/telegram/access";
import type { ClassifiedUpdate } from "@steward/telegram/update";

/** Albums remembered; their parts come within seconds. */
const REMEMBERED = 100;

/**
 * Albums of which one part was meant for the bot: then all of them are. In a group only the part with the caption mentions
 * it, or is a reply to it; the others carry no words of their own.
 */
export class AddressedAlbums {
  readonly #known = new Set<string>();

  /** A part that was let in. */
  note(update: ClassifiedUpdate): void {
    const key = keyOf(update);
    if (key === null) return;
    this.#known.delete(key);
    this.#known.add(key);
    for (const oldest of this.#known) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(oldest);
    }
  }

  /** Changes nothing but "not addressed": chat and sender have been let in by then. */
  judge(update: ClassifiedUpdate, decision: AccessDecision): AccessDecision {
    const key = keyOf(update);
    const isUnaddressed = decision.decision === "deny" && decision.reason === "not_addressed";
    return isUnaddressed && key !== null && this.#known.has(key) ? { decision: "allow" } : decision;
  }
}

/** By who sent it where: an album's id is the sender's client's to choose. */
const keyOf = ({ chat, sender, mediaGroupId }: ClassifiedUpdate): string | null =>
  chat === null || sender === null || mediaGroupId === undefined
    ? null
    : JSON.stringify([chat.id, chat.threadId, sender.id, mediaGroupId]);
