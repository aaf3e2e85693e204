import { type Invitation, withdrawInvitation } from "@steward/contract/invitations";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAccessChanged, useInvitations } from "../../../api/access.ts";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { Button } from "../../../ui/button.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { formatDuration, useNow } from "../../../ui/times.tsx";
import { useToasts } from "../../../ui/toasts.tsx";
import { InviteDialog } from "./invite-dialog.tsx";

/** Links by which one person each can come in. */
export const Invitations = ({ botId }: { botId: string }) => {
  const say = useSay();
  const invitations = useInvitations();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="grid gap-3">
      <Loaded query={invitations} lines={1}>
        {(all) => {
          const own = all.filter((each) => each.botId === botId);
          if (own.length === 0) return <p className="text-sm text-soft">{say("settings.no_invitations")}</p>;
          return (
            <ul className="divide-y divide-line">
              {own.map((invitation) => (
                <InvitationLine key={invitation.id} invitation={invitation} />
              ))}
            </ul>
          );
        }}
      </Loaded>
      <Button size="small" className="justify-self-start" onClick={() => setOpen(true)}>
        <Plus className="size-4" aria-hidden />
        {say("settings.invite")}
      </Button>
      {isOpen && <InviteDialog botId={botId} close={() => setOpen(false)} />}
    </div>
  );
};

const InvitationLine = ({ invitation }: { invitation: Invitation }) => {
  const say = useSay();
  const { language } = useLanguage();
  const toasts = useToasts();
  const changed = useAccessChanged();
  const left = invitation.expiresAt - useNow(30_000);
  const withdraw = useAction(
    () => api.call(withdrawInvitation, { body: { id: invitation.id } }),
    () => {
      changed();
      toasts.tell(say("settings.withdrawn"));
    },
  );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <span className="grow">
        {say("settings.invitation_as", { role: say(`role.${invitation.role}`) })}
        <span className="ml-2 text-xs text-soft">
          {left > 0
            ? say("settings.time_left", { time: formatDuration(left, language) })
            : say("settings.time_over")}
        </span>
      </span>
      <Button look="quiet" disabled={withdraw.isPending} onClick={() => withdraw.mutate(undefined)}>
        {say("settings.withdraw")}
      </Button>
    </li>
  );
};
