import { ApiError } from "@steward/client/api-error";
import type { InboxUpdate } from "@steward/contract/inbox";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { renderMarkdown } from "@steward/telegram/render";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";

type Sender = NonNullable<InboxUpdate["sender"]>;

export interface PairingDeskDeps {
  botId: string;
  steward: Pick<Steward, "requestPairing">;
  messenger: Pick<Messenger, "say">;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
}

/** A stranger who repeats /start gets an answer this often at most. */
const COOLDOWN_MS = 60_000;
/** Strangers remembered; beyond that the oldest are forgotten. */
const REMEMBERED = 1_000;

export interface PairingDesk {
  /** A stranger wrote /start: shows the code, or stays silent when there are too many of them. Never throws. */
  knock(sender: Sender): Promise<void>;
  /** The language of somebody who knocked; English when unknown. */
  languageOf(userId: string): Sender["language"];
}

/** The one thing a stranger can get from this bot: a code that the owner may approve on the server. */
export function createPairingDesk(deps: PairingDeskDeps): PairingDesk {
  const { botId, steward, messenger, clock, log } = deps;
  const visitors = new Map<string, { answeredAtMs: number; language: Sender["language"] }>();
  return {
    async knock({ id: userId, username, name, language }) {
      const nowMs = clock.monotonicMs();
      const before = visitors.get(userId);
      if (before !== undefined && nowMs - before.answeredAtMs < COOLDOWN_MS) return;
      visitors.delete(userId);
      visitors.set(userId, { answeredAtMs: nowMs, language });
      for (const oldest of visitors.keys()) {
        if (visitors.size <= REMEMBERED) break;
        visitors.delete(oldest);
      }
      try {
        const { code } = await steward.requestPairing({ botId, userId, chatId: userId, username, name });
        const text = translate(language, "bot.pairing_code", { code });
        await messenger.say({ botId, chatId: userId, threadId: "" }, renderMarkdown(text));
        log.info({ userId }, "gave out a pairing code");
      } catch (error) {
        if (error instanceof ApiError && error.code === "pairing_too_many") {
          log.warn({ userId }, "too many strangers are waiting to be paired; staying silent");
        } else log.warn({ err: error, userId }, "could not give out a pairing code");
      }
    },
    languageOf: (userId) => visitors.get(userId)?.language ?? "en",
  };
}
