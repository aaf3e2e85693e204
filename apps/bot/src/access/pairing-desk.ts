import { ApiError } from "@steward/client/api-error";
import type { InboxUpdate } from "@steward/contract/inbox";
import { translate, translateError } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { renderMarkdown } from "@steward/telegram/render";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";

type Sender = NonNullable<InboxUpdate["sender"]>;

export interface PairingDeskDeps {
  botId: string;
  steward: Pick<Steward, "requestPairing" | "redeemInvitation">;
  messenger: Pick<Messenger, "say">;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
}

/** A stranger who repeats /start gets an answer this often at most. */
const COOLDOWN_MS = 60_000;
/** Strangers remembered; beyond that the oldest are forgotten. */
const REMEMBERED = 1_000;

/** Of these a stranger hears nothing. */
const SILENT: ReadonlySet<string> = new Set(["pairing_too_many", "pairing_refused"]);

export interface PairingDesk {
  /**
   * A stranger wrote /start: shows the code, or stays silent when there are too many of them. With an invitation they are
   * let in, and welcomed like everybody; one that is not valid is said to be so. Never throws.
   */
  knock(sender: Sender, invitation?: string): Promise<void>;
  /** The language of somebody who knocked; English when unknown. */
  languageOf(userId: string): Sender["language"];
}

/** What a stranger can get from this bot: a code that the owner may approve, or to be let in by an invitation. */
export function createPairingDesk(deps: PairingDeskDeps): PairingDesk {
  const { botId, steward, messenger, clock, log } = deps;
  const visitors = new Map<string, { answeredAtMs: number; language: Sender["language"] }>();

  /** False when this stranger was answered a moment ago. */
  const mayAnswer = (key: string, language: Sender["language"]): boolean => {
    const nowMs = clock.monotonicMs();
    const before = visitors.get(key);
    if (before !== undefined && nowMs - before.answeredAtMs < COOLDOWN_MS) return false;
    visitors.delete(key);
    visitors.set(key, { answeredAtMs: nowMs, language });
    for (const oldest of visitors.keys()) {
      if (visitors.size <= REMEMBERED) break;
      visitors.delete(oldest);
    }
    return true;
  };
  const say = async (chatId: string, text: string): Promise<void> => {
    await messenger.say({ botId, chatId, threadId: "" }, renderMarkdown(text));
  };

  const showCode = async ({ id: userId, username, name, language }: Sender): Promise<void> => {
    if (!mayAnswer(userId, language)) return;
    try {
      const { code } = await steward.requestPairing({ botId, userId, chatId: userId, username, name });
      await say(userId, translate(language, "bot.pairing_code", { code }));
      log.info({ userId }, "gave out a pairing code");
    } catch (error) {
      if (error instanceof ApiError && SILENT.has(error.code)) {
        log.warn({ userId, code: error.code }, "a stranger gets no pairing code; staying silent");
      } else log.warn({ err: error, userId }, "could not give out a pairing code");
    }
  };

  const redeem = async ({ id: userId, username, name, language }: Sender, code: string): Promise<void> => {
    const isFirst = mayAnswer(`${userId} by invitation`, language);
    try {
      await steward.redeemInvitation({ botId, userId, code: code.slice(0, 128), username, name, language });
      log.info({ userId }, "somebody came in by an invitation");
    } catch (error) {
      if (!(error instanceof ApiError)) {
        log.warn({ err: error, userId }, "an invitation could not be looked at");
        return;
      }
      log.warn({ userId, code: error.code }, "an invitation is not valid");
      if (isFirst) await say(userId, translateError(language, error.code, error.params));
    }
  };

  return {
    knock: async (sender, invitation = "") => {
      try {
        await (invitation === "" ? showCode(sender) : redeem(sender, invitation));
      } catch (error) {
        log.warn({ err: error, userId: sender.id }, "a stranger could not be answered");
      }
    },
    languageOf: (userId) =>
      (visitors.get(`${userId} by invitation`) ?? visitors.get(userId))?.language ?? "en",
  };
}
