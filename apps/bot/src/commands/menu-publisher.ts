import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff, retry } from "@steward/platform/retry";
import { type BotApi, BotApiError } from "@steward/telegram/api";
import type { CommandMenu } from "./command-menus.ts";

const BACKOFF = backoff({ baseMs: 2_000, maxMs: 300_000 });

export interface MenuPublisherDeps {
  api: BotApi;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Keeps Telegram's command menus as they should be. Each is tried until Telegram has taken it: a bot may run for months
 * after one bad minute at its start. Meanwhile, and when Telegram refuses it, the old menu stays.
 */
export class MenuPublisher {
  readonly #deps: MenuPublisherDeps;
  /** By scope and language: what Telegram has taken, or refused for what it holds. */
  readonly #settled = new Map<string, string>();
  #wanted: readonly CommandMenu[] = [];
  #work: Promise<void> | null = null;

  constructor(deps: MenuPublisherDeps) {
    this.#deps = deps;
  }

  /** From now on these; the latest word counts. Never throws. */
  want(menus: readonly CommandMenu[]): void {
    this.#wanted = menus;
    this.#work ??= this.#publish().finally(() => {
      this.#work = null;
      // Said in the moment between the last look and now.
      if (this.#next() !== undefined && !this.#deps.signal.aborted) this.want(this.#wanted);
    });
  }

  /** Resolves when Telegram has said yes or no to everything wanted. */
  async idle(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  async #publish(): Promise<void> {
    const { signal, log } = this.#deps;
    for (let menu = this.#next(); menu !== undefined && !signal.aborted; menu = this.#next()) {
      const key = keyOf(menu);
      const content = JSON.stringify(menu);
      try {
        await this.#insist(menu);
      } catch (error) {
        if (signal.aborted) return;
        // A person whose chat Telegram does not know yet has the menu of all private chats.
        const isPersonal = menu.scope.type === "chat";
        log[isPersonal ? "info" : "error"]({ err: error, scope: key }, "Telegram refuses a command menu");
      }
      this.#settled.set(key, content);
    }
  }

  #next(): CommandMenu | undefined {
    return this.#wanted.find((menu) => this.#settled.get(keyOf(menu)) !== JSON.stringify(menu));
  }

  #insist(menu: CommandMenu): Promise<unknown> {
    const { api, clock, log, signal } = this.#deps;
    return retry(() => api.call("setMyCommands", menu, { signal }), {
      attempts: Number.POSITIVE_INFINITY,
      backoff: BACKOFF,
      clock,
      signal,
      judge: (error) => !isRefusal(error) && (retryAfterMs(error) ?? true),
      onRetry: (error, attempt, delayMs) =>
        log.debug({ err: error, attempt, delayMs }, "the command menu is not published yet"),
    });
  }
}

const keyOf = ({ scope, language_code }: CommandMenu): string => JSON.stringify([scope, language_code ?? ""]);

/** About the menu, or the token: the same again would be refused again. */
const isRefusal = (error: unknown): boolean =>
  error instanceof BotApiError && error.code >= 400 && error.code < 500 && error.code !== 429;

const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof BotApiError ? error.retryAfterMs : undefined;
