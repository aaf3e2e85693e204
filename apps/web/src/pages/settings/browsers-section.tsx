import { revokeOtherWebSessions, revokeWebSession } from "@steward/contract/web-sessions";
import { useBrowsers, useBrowsersChanged } from "../../api/browsers.ts";
import { api } from "../../api/client.ts";
import { useAction } from "../../api/use-action.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmButton } from "../../ui/confirm.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Ago } from "../../ui/times.tsx";
import { useToasts } from "../../ui/toasts.tsx";

/** Browsers that are signed in, and how to sign them out. */
const BrowsersSection = () => {
  const say = useSay();
  const { language } = useLanguage();
  const toasts = useToasts();
  const browsers = useBrowsers();
  const changed = useBrowsersChanged();
  const revoke = useAction(
    ({ id }: { id: string; name: string }) => api.call(revokeWebSession, { params: { sessionId: id } }),
    (_, { name }) => {
      changed();
      toasts.tell(say("settings.browser_out", { name }));
    },
  );
  const revokeOthers = useAction(
    () => api.call(revokeOtherWebSessions),
    ({ revoked }) => {
      changed();
      toasts.tell(say("settings.browsers_out", { count: revoked }));
    },
  );
  const others = browsers.data?.filter(({ isCurrent }) => !isCurrent).length ?? 0;
  return (
    <Card
      title={say("settings.section_browsers")}
      flush
      aside={
        others > 0 && (
          <ConfirmButton
            size="small"
            question={say("settings.browsers_question")}
            consequence={say("settings.browsers_consequence")}
            action={say("shell.sign_out")}
            disabled={revokeOthers.isPending}
            onConfirm={() => revokeOthers.mutate(undefined)}
          >
            {say("settings.browsers_others")}
          </ConfirmButton>
        )
      }
    >
      <Loaded query={browsers} lines={2}>
        {(all) => (
          <ul className="divide-y divide-line">
            {all.map(({ id, label, isCurrent, createdAt, lastSeenAt, expiresAt }) => {
              const name = label === "" ? say("settings.browser_unknown") : label;
              return (
                <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-sm">
                  <div className="min-w-0 grow basis-56">
                    <p className="flex flex-wrap items-center gap-2 font-medium">
                      {name}
                      {isCurrent && <Badge tone="good">{say("settings.browser_this")}</Badge>}
                    </p>
                    <p className="text-xs text-soft">
                      {say("settings.browser_seen")} <Ago at={lastSeenAt} /> · {say("settings.browser_since")}{" "}
                      <Ago at={createdAt} /> ·{" "}
                      {say("settings.browser_until", {
                        day: new Date(expiresAt).toLocaleDateString(language, { dateStyle: "medium" }),
                      })}
                    </p>
                  </div>
                  {!isCurrent && (
                    <ConfirmButton
                      look="quiet"
                      question={say("settings.browser_question", { name })}
                      consequence={say("settings.browsers_consequence")}
                      action={say("shell.sign_out")}
                      aria-label={say("settings.browser_sign_out", { name })}
                      disabled={revoke.isPending}
                      onConfirm={() => revoke.mutate({ id, name })}
                    >
                      {say("shell.sign_out")}
                    </ConfirmButton>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </Card>
  );
};
export default BrowsersSection;
