import type { Bot } from "@steward/contract/bots";
import type { ReactNode } from "react";
import { useSay } from "../../../texts/texts.tsx";
import { Card } from "../../../ui/card.tsx";
import { Groups } from "./groups.tsx";
import { Invitations } from "./invitations.tsx";
import { botName } from "./names.ts";
import { People } from "./people.tsx";

/** Who may use one bot: people, groups, and those who are invited. */
export const BotCard = ({ bot }: { bot: Bot }) => {
  const say = useSay();
  return (
    <Card title={say("settings.bot_access", { bot: botName(bot) })} flush>
      <div className="divide-y divide-line">
        <Part title={say("settings.people")}>
          <People botId={bot.id} />
        </Part>
        <Part title={say("settings.invitations")}>
          <Invitations botId={bot.id} />
        </Part>
        <Part title={say("settings.groups")}>
          <Groups botId={bot.id} />
        </Part>
      </div>
    </Card>
  );
};

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="px-4 py-3">
    <h3 className="mb-1.5 text-xs font-medium tracking-wide text-soft">{title}</h3>
    {children}
  </section>
);
