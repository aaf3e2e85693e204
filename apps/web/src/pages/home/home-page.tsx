import { useSystem } from "../../api/system.ts";
import { useSay } from "../../texts/texts.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { ApprovalsCard } from "./approvals-card.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { HealthCard } from "./health-card.tsx";
import { PanicButton } from "./panic-button.tsx";
import { RunningCard } from "./running-card.tsx";
import { SpendingCard } from "./spending-card.tsx";

/** What runs now, what waits for a person, what it has cost today, and whether all is well. */
export const HomePage = () => {
  const say = useSay();
  const system = useSystem();
  return (
    <Page title={say("nav.home")} description={say("home.about")} actions={<PanicButton />}>
      {system.data && <FirstSteps system={system.data} />}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <RunningCard />
          <ApprovalsCard />
        </div>
        <div className="grid min-w-0 gap-4">
          <SpendingCard />
          <Loaded query={system}>{(data) => <HealthCard system={data} />}</Loaded>
        </div>
      </div>
    </Page>
  );
};
