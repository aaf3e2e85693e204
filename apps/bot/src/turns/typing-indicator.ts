import type { ChatAddress } from "@steward/contract/ids";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Lanes } from "@steward/telegram/lanes";
import { chatFields } from "../outbound/messenger.ts";

/** Clients show the indicator for 5 s (core.telegram.org/bots/api#sendchataction). */
const REPEAT_MS = 4_000;

/** "typing…" in the chats where a turn is at work, for as long as it is. */
export class TypingIndicator {
  readonly #deps: { lanes: Lanes; clock: Clock; log: Logger };
  readonly #timers = new Map<string, Timer>();

  constructor(deps: { lanes: Lanes; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  set({ botId, chatId, threadId }: ChatAddress, isActive: boolean): void {
    const key = `${chatId} ${threadId}`;
    if (!isActive) {
      this.#timers.get(key)?.cancel();
      this.#timers.delete(key);
    } else if (!this.#timers.has(key)) this.#show(key, { botId, chatId, threadId });
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #show(key: string, address: ChatAddress): void {
    this.#timers.set(
      key,
      this.#deps.clock.setTimer(REPEAT_MS, () => this.#show(key, address)),
    );
    this.#deps.lanes
      .offer("sendChatAction", { ...chatFields(address), action: "typing" })
      .catch((error: unknown) => this.#deps.log.debug({ err: error }, "no typing indicator"));
  }
}
