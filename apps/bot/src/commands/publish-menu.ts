import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff, retry } from "@steward/platform/retry";
import { type BotApi, BotApiError } from "@steward/telegram/api";
import { MENU } from "./commands.ts";

const SCOPES = [{ type: "default" }, { type: "all_private_chats" }] as const;
const BACKOFF = backoff({ baseMs: 2_000, maxMs: 300_000 });

/**
 * The command menu of people's apps, English for everybody and Chinese where the app is. Tried until Telegram has taken
 * it: a bot may run for months after one bad minute at its start. Meanwhile, and when Telegram refuses it, the old menu
 * stays. Never rejects.
 */
export async function publishMenu(deps: {
  api: BotApi;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}): Promise<void> {
  const { api, clock, log, signal } = deps;
  for (const language of ["en", "zh"] as const) {
    const commands = MENU.map((command) => ({
      command,
      description: translate(language, `bot.command.${command}`),
    }));
    for (const scope of SCOPES) {
      const args = { commands, scope, ...(language === "en" ? {} : { language_code: language }) };
      try {
        await retry(() => api.call("setMyCommands", args, { signal }), {
          attempts: Number.POSITIVE_INFINITY,
          backoff: BACKOFF,
          clock,
          signal,
          judge: (error) => !isRefusal(error) && (retryAfterMs(error) ?? true),
          onRetry: (error, attempt, delayMs) =>
            log.debug({ err: error, attempt, delayMs }, "the command menu is not published yet"),
        });
      } catch (error) {
        if (!signal.aborted) log.error({ err: error, language }, "Telegram refuses the command menu");
        return;
      }
    }
  }
}

/** About the menu, or the token: the same again would be refused again. */
const isRefusal = (error: unknown): boolean =>
  error instanceof BotApiError && error.code >= 400 && error.code < 500 && error.code !== 429;

const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof BotApiError ? error.retryAfterMs : undefined;
