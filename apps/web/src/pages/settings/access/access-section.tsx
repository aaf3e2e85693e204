import { useBots } from "../../../api/access.ts";
import { Loaded } from "../../../ui/loaded.tsx";
import { BotCard } from "./bot-card.tsx";
import { BotsCard } from "./bots-card.tsx";
import { WaitingCard } from "./waiting-card.tsx";

/** Who may use which bot, and where. */
const AccessSection = () => {
  const bots = useBots();
  return (
    <>
      <WaitingCard />
      <BotsCard />
      <Loaded query={bots}>
        {(all) =>
          all.filter(({ kind }) => kind === "telegram").map((bot) => <BotCard key={bot.id} bot={bot} />)
        }
      </Loaded>
    </>
  );
};
export default AccessSection;
