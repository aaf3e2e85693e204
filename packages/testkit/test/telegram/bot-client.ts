import type { TelegramEmulator } from "../../src/telegram/emulator.ts";

export interface BotReply {
  ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into results of every method
  result?: any;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

/** Calls the emulator as a bot would, with plain fetch and JSON. */
export function botClient(telegram: TelegramEmulator, bot: { token: string }) {
  return async (
    method: string,
    params?: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<BotReply> => {
    const response = await fetch(`${telegram.url}/bot${bot.token}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(params ?? {}),
      ...(signal === undefined ? {} : { signal }),
    });
    const reply = (await response.json()) as BotReply;
    if (reply.ok !== response.ok || (reply.error_code ?? 200) !== response.status) {
      throw new Error(`HTTP ${response.status} does not fit ${JSON.stringify(reply)}`);
    }
    return reply;
  };
}
