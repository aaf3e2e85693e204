import { translate } from "@steward/contract/messages";
import type { Usage } from "@steward/contract/usage";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { hasRole } from "./may-use.ts";
import { originOf, policyOf } from "./policy-of.ts";

const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

/** `/cost`: what this chat has spent today and this month (UTC), and what it may. Owner and admins see the bot's as well. */
export const createCostCommand =
  ({
    steward,
    messenger,
    clock,
    roleOf,
  }: Pick<CommandDeps, "steward" | "messenger" | "clock" | "roleOf">): Command =>
  async ({ address, language, userId }) => {
    const now = new Date(clock.now());
    const day = now.toISOString().slice(0, 10);
    const from = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
    const seesBot = hasRole(roleOf(userId), "admin");
    const [chat, bot, policies] = await Promise.all([
      steward.usage({ chat: address, from }),
      seesBot ? steward.usage({ chat: null, from }) : null,
      steward.policies(address),
    ]);
    const sums = (usage: Usage) => ({
      today: dollars(usage.rows.find(({ key }) => key === day)?.costUsd ?? 0),
      month: dollars(usage.total.costUsd),
    });
    const cap = (name: "maxUsdPerDay" | "maxUsdPerTurn", key: "bot.cost.day_cap" | "bot.cost.turn_cap") => {
      const { value, from: origin } = policyOf(policies, name);
      if (value === null) return [];
      return [translate(language, key, { cap: dollars(value), from: originOf(origin, language) })];
    };
    const caps = [...cap("maxUsdPerDay", "bot.cost.day_cap"), ...cap("maxUsdPerTurn", "bot.cost.turn_cap")];
    const lines = [
      translate(language, "bot.cost.chat", { ...sums(chat), turns: chat.total.turns }),
      ...(bot === null ? [] : [translate(language, "bot.cost.bot", sums(bot))]),
      ...(caps.length === 0 ? [translate(language, "bot.cost.no_cap")] : caps),
      translate(language, "bot.cost.note"),
    ];
    await messenger.say(address, plainText(lines.join("\n")));
  };
