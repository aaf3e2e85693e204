import { approvePairing, type PairingRequest, refusePairing } from "@steward/contract/access";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useAccessChanged, useBots, usePairingRequests } from "../../../api/access.ts";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { Button } from "../../../ui/button.tsx";
import { Card } from "../../../ui/card.tsx";
import { ConfirmButton } from "../../../ui/confirm.tsx";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { formatDuration, useNow } from "../../../ui/times.tsx";
import { useToasts } from "../../../ui/toasts.tsx";
import { botName, personHandle, personName } from "./names.ts";

/** Strangers who have written to a bot and wait to be let in. */
export const WaitingCard = () => {
  const say = useSay();
  const requests = usePairingRequests();
  const [warning, setWarning] = useState<string | null>(null);
  return (
    <Card title={say("settings.waiting")} flush>
      {warning !== null && (
        <div className="p-4 pb-2">
          <Notice role="alert">{warning}</Notice>
        </div>
      )}
      <Loaded query={requests} lines={1}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={UserPlus} title={say("settings.nobody_waits")}>
              {say("settings.nobody_waits_how")}
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {all.map((request) => (
                <Waiting key={request.code} request={request} warn={setWarning} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
};

const Waiting = ({ request, warn }: { request: PairingRequest; warn: (warning: string | null) => void }) => {
  const say = useSay();
  const { language } = useLanguage();
  const toasts = useToasts();
  const bots = useBots();
  const changed = useAccessChanged();
  const left = request.expiresAt - useNow(1_000);
  const bot = bots.data?.find(({ id }) => id === request.botId);
  const name = personName(request);
  const allow = useAction(
    () => api.call(approvePairing, { body: { code: request.code, language } }),
    ({ entry, warning }) => {
      toasts.tell(say("settings.let_in", { name, role: say(`role.${entry.role}`) }));
      warn(warning);
      changed();
    },
  );
  const refuse = useAction(
    () => api.call(refusePairing, { body: { code: request.code } }),
    () => {
      toasts.tell(say("settings.was_refused", { name }));
      changed();
    },
  );
  const isBusy = allow.isPending || refuse.isPending;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 text-sm">
      <div className="min-w-0 grow basis-56">
        <p className="font-medium break-words">{name}</p>
        <p className="text-xs break-words text-soft">
          {personHandle(request)} · {bot ? botName(bot) : request.botId}
        </p>
      </div>
      <div className="text-xs text-soft">
        <code className="font-mono text-sm font-medium tracking-wider text-ink">{request.code}</code>
        <p className="tabular-nums">
          {left > 0
            ? say("settings.time_left", { time: formatDuration(left, language) })
            : say("settings.time_over")}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          look="primary"
          disabled={isBusy}
          aria-label={say("settings.allow_name", { name })}
          onClick={() => allow.mutate(undefined)}
        >
          {say("settings.allow")}
        </Button>
        <ConfirmButton
          question={say("settings.refuse_question", { name })}
          consequence={say("settings.refuse_consequence")}
          action={say("settings.refuse")}
          aria-label={say("settings.refuse_name", { name })}
          disabled={isBusy}
          onConfirm={() => refuse.mutate(undefined)}
        >
          {say("settings.refuse")}
        </ConfirmButton>
      </div>
    </li>
  );
};
