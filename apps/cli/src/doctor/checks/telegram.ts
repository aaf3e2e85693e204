import type { AccessChat } from "@steward/contract/access-chats";
import type { Bot } from "@steward/contract/bots";
import { type Finding, msg, ok, problem, warning } from "../finding.ts";

/** What @BotFather hands out: the bot's id, a colon, a secret. */
const TOKEN = /^(\d{1,20}):[A-Za-z0-9_-]{30,}$/;

/** The form of the configured tokens alone; nothing is asked of Telegram. Never shows more than a bot's id. */
export function checkTelegramTokens(tokens: readonly string[]): Finding {
  if (tokens.length === 0) {
    return warning("telegram_token", msg("cli.doctor.telegram_none"), msg("cli.doctor.telegram_none_fix"));
  }
  const ids = tokens.map((token) => TOKEN.exec(token)?.[1]);
  const bad = ids.filter((id) => id === undefined).length;
  if (bad > 0) {
    return problem(
      "telegram_token",
      msg("cli.doctor.telegram_malformed", { bad, count: tokens.length }),
      msg("cli.doctor.telegram_malformed_fix"),
    );
  }
  return ok("telegram_token", msg("cli.doctor.telegram_token", { ids: ids.join(", ") }));
}

/** How each Telegram bot fares, as its poller told the API. */
export function checkBots(bots: readonly Bot[], configured: number): Finding[] {
  const telegram = bots.filter(({ kind }) => kind === "telegram");
  if (telegram.length === 0 && configured > 0) {
    return [warning("telegram", msg("cli.doctor.bots_silent"), msg("cli.doctor.restart_fix"))];
  }
  return telegram.map(checkBot);
}

/** A bot that is to answer everything in a group is shown everything there, or it cannot. */
export function checkPrivacyMode(bots: readonly Bot[], chats: readonly AccessChat[]): Finding[] {
  return bots.flatMap((bot) => {
    const count = chats.filter(
      ({ botId, listensTo, leftAt }) => botId === bot.id && listensTo === "always" && leftAt === null,
    ).length;
    if (count === 0 || bot.readsAllMessages !== false) return [];
    const params = { bot: bot.username ?? bot.id, count };
    return warning("groups", msg("cli.doctor.privacy_mode", params), msg("cli.doctor.fix_privacy_mode"));
  });
}

function checkBot(bot: Bot): Finding {
  const name = bot.username === null ? bot.id : `@${bot.username}`;
  const params = { name, detail: bot.stateDetail };
  switch (bot.state) {
    case "polling":
      return ok("telegram", msg("cli.doctor.bot_polling", params));
    case "conflict":
      return problem("telegram", msg("cli.doctor.bot_conflict", params), msg("cli.doctor.bot_conflict_fix"));
    case "unauthorized":
      return problem(
        "telegram",
        msg("cli.doctor.bot_unauthorized", params),
        msg("cli.doctor.bot_unauthorized_fix"),
      );
    case "unreachable":
      return problem(
        "telegram",
        msg("cli.doctor.bot_unreachable", params),
        msg("cli.doctor.bot_unreachable_fix"),
      );
    case "starting":
      return ok("telegram", msg("cli.doctor.bot_starting", params));
    case "stopped":
    case "unknown":
      return warning("telegram", msg("cli.doctor.bot_stopped", params), msg("cli.doctor.start_fix"));
  }
}
