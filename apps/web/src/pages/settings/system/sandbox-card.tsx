import type { SandboxInfo } from "@steward/contract/health";
import { useSay } from "../../../texts/texts.tsx";
import { Badge } from "../../../ui/badge.tsx";
import { Card } from "../../../ui/card.tsx";
import { Notice } from "../../../ui/notice.tsx";

/** Whether Claude is shut in, and what to do when it is not. */
export const SandboxCard = ({ sandbox: { active, problem, setting, message } }: { sandbox: SandboxInfo }) => {
  const say = useSay();
  return (
    <Card
      title={say("health.sandbox")}
      aside={
        <Badge tone={active ? "good" : "warn"}>
          {say(active ? "settings.sandbox_on" : "settings.sandbox_off")}
        </Badge>
      }
    >
      <div className="grid gap-3 text-sm">
        <p>{say(active ? "settings.sandbox_on_text" : "settings.sandbox_off_text")}</p>
        {!active && message !== null && <Notice>{message}</Notice>}
        {!active && (
          <p className="text-soft">
            {say(problem === null ? "settings.sandbox_turn_on" : `sandbox_problem.${problem}`)}
          </p>
        )}
        <p className="text-xs text-soft">
          {say("settings.sandbox_setting", { setting })} {say(`sandbox_setting.${setting}`)}
        </p>
      </div>
    </Card>
  );
};
