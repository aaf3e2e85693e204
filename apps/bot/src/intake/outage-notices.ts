import type { ChatAddress } from "@steward/contract/ids";
import type { InboxUpdate } from "@steward/contract/inbox";
import { translate } from "@steward/contract/messages";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { type Messenger, plainText } from "../outbound/messenger.ts";

export interface OutageNoticesDeps {
  botId: string;
  messenger: Pick<Messenger, "say">;
  clock: Clock;
  log: Logger;
}

/** Below this a person hardly notices, and a restart is over. */
const NOTICE_AFTER_MS = 10_000;

/** Tells people, once per chat and outage, that what they wrote is safe but has to wait for the API. */
export class OutageNotices {
  readonly #deps: OutageNoticesDeps;
  readonly #told = new Set<string>();
  #waiting: readonly InboxUpdate[] = [];
  #sinceMs: number | null = null;
  #timer: Timer | null = null;

  constructor(deps: OutageNoticesDeps) {
    this.#deps = deps;
  }

  /** These updates are waiting to be handed in. Called again with whatever waits as long as the outage lasts. */
  waiting(updates: readonly InboxUpdate[]): void {
    const { clock } = this.#deps;
    this.#waiting = updates;
    this.#sinceMs ??= clock.monotonicMs();
    const leftMs = this.#sinceMs + NOTICE_AFTER_MS - clock.monotonicMs();
    if (leftMs <= 0) this.#tell();
    else this.#timer ??= clock.setTimer(leftMs, () => this.#tell());
  }

  /** The API has taken them: the outage, if it was one, is over. */
  over(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#sinceMs = null;
    this.#waiting = [];
    this.#told.clear();
  }

  #tell(): void {
    const { botId, messenger, log } = this.#deps;
    for (const { kind, chat, sender } of this.#waiting) {
      // Strangers are told nothing, and nobody is told about what they did not write.
      if (kind === "denied" || kind === "malformed" || kind === "membership") continue;
      if (chat === null || sender === null) continue;
      const address: ChatAddress = { botId, chatId: chat.id, threadId: chat.threadId };
      const key = `${chat.id} ${chat.threadId}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      log.warn({ chatId: chat.id }, "telling a chat that the API is away");
      messenger
        .say(address, plainText(translate(sender.language, "bot.backend_down")))
        .catch((error: unknown) => log.warn({ err: error }, "could not tell a chat about the outage"));
    }
  }
}
