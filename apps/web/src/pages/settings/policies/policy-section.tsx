import { useNavigate, useSearch } from "@tanstack/react-router";
import { usePolicies } from "../../../api/policies.ts";
import { useSay } from "../../../texts/texts.tsx";
import { Card } from "../../../ui/card.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { type PolicyGroup, policiesOf } from "./policy-controls.ts";
import { PolicyField } from "./policy-field.tsx";
import { ScopeChoice } from "./scope-choice.tsx";

/** The policies of one group, for everything, a bot or a chat. */
export const PolicySection = ({ group }: { group: PolicyGroup }) => {
  const say = useSay();
  const navigate = useNavigate({ from: "/settings/$section" });
  const { bot, chat, thread } = useSearch({ from: "/settings/$section" });
  const scope = { botId: bot, chatId: chat, threadId: chat === undefined ? undefined : (thread ?? "") };
  const policies = usePolicies(scope);
  const place = JSON.stringify(scope);
  return (
    <>
      <ScopeChoice
        label={say("settings.scope")}
        chosen={{ bot, chat, thread }}
        choose={(search) => void navigate({ search })}
      />
      {chat?.startsWith("-") && <Notice tone="info">{say("settings.scope_group")}</Notice>}
      <Card title={say(`settings.section_${group}`)} flush>
        <Loaded query={policies} lines={8}>
          {(all) => (
            <ul className="divide-y divide-line">
              {policiesOf(group, bot === undefined).map((name) => {
                const policy = all.find((each) => each.name === name);
                return (
                  policy && <PolicyField key={`${place} ${name}`} name={name} policy={policy} scope={scope} />
                );
              })}
            </ul>
          )}
        </Loaded>
      </Card>
    </>
  );
};
