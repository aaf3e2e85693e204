import type { Bot } from "@steward/contract/bots";
import { BotOff } from "lucide-react";
import { useBots } from "../../../api/access.ts";
import { useSay } from "../../../texts/texts.tsx";
import { Badge, type Tone } from "../../../ui/badge.tsx";
import { Card } from "../../../ui/card.tsx";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Ago } from "../../../ui/times.tsx";
import { botName } from "./names.ts";

const TONES: Record<Bot["state"], Tone> = {
  unknown: "neutral",
  starting: "warn",
  polling: "good",
  conflict: "bad",
  unauthorized: "bad",
  unreachable: "bad",
  stopped: "neutral",
};

/** All bots, and how they do. */
export const BotsCard = () => {
  const say = useSay();
  const bots = useBots();
  return (
    <Card title={say("settings.bots")} flush>
      <Loaded query={bots} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={BotOff} title={say("settings.no_bots")}>
              {say("steps.telegram_how")}
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {all.map((bot) => (
                <BotLine key={bot.id} bot={bot} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
};

const BotLine = ({ bot }: { bot: Bot }) => {
  const say = useSay();
  const isTelegram = bot.kind === "telegram";
  return (
    <li className="px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-0 font-medium break-all">{botName(bot)}</span>
        {isTelegram && <Badge tone={TONES[bot.state]}>{say(`bot_state.${bot.state}`)}</Badge>}
        <span className="grow text-xs text-soft">{say(`bot_kind.${bot.kind}`)}</span>
        {isTelegram && (
          <span className="text-xs text-soft">
            <Ago at={bot.stateAt} />
          </span>
        )}
      </div>
      {isTelegram && bot.state !== "polling" && (
        <p className="mt-1 text-xs text-soft">{say(`bot_state.${bot.state}_how`)}</p>
      )}
      {isTelegram && bot.stateDetail !== "" && (
        <p className="mt-1 font-mono text-xs break-words text-soft">{bot.stateDetail}</p>
      )}
    </li>
  );
};
