import { createInvitation, type Invitation, invitationSchema } from "@steward/contract/invitations";
import { Copy } from "lucide-react";
import { useId, useState } from "react";
import { useAccessChanged } from "../../../api/access.ts";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useLanguage, useSay } from "../../../texts/texts.tsx";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Select } from "../../../ui/select.tsx";
import { formatDuration } from "../../../ui/times.tsx";
import { useToasts } from "../../../ui/toasts.tsx";

const HOUR_MS = 3_600_000;
const LASTS_MS = [HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS, 30 * 24 * HOUR_MS].map(String);

/** Makes a link that lets one person in. It is shown this once. */
export const InviteDialog = ({ botId, close }: { botId: string; close: () => void }) => {
  const say = useSay();
  const { language } = useLanguage();
  const changed = useAccessChanged();
  const id = useId();
  const [role, setRole] = useState<Invitation["role"]>("user");
  const [lasts, setLasts] = useState(String(24 * HOUR_MS));
  const invite = useAction(
    () => api.call(createInvitation, { body: { botId, role, expiresInMs: Number(lasts), language } }),
    changed,
  );
  return (
    <Dialog
      open
      close={close}
      title={say("settings.invite")}
      description={say(invite.data ? "settings.invite_once" : "settings.invite_about")}
    >
      {invite.data ? (
        <Made
          link={invite.data.link ?? `/start ${invite.data.code}`}
          warning={invite.data.warning}
          close={close}
        />
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate(undefined);
          }}
        >
          <div className="grid gap-1.5 text-sm">
            <label htmlFor={`${id}-role`} className="font-medium">
              {say("settings.invite_role")}
            </label>
            <Select
              id={`${id}-role`}
              value={role}
              options={invitationSchema.shape.role.options.map((value) => ({
                value,
                text: say(`role.${value}`),
              }))}
              choose={setRole}
            />
            <span className="text-xs text-soft">{say(`role.${role}_may`)}</span>
          </div>
          <div className="grid gap-1.5 text-sm">
            <label htmlFor={`${id}-lasts`} className="font-medium">
              {say("settings.invite_lasts")}
            </label>
            <Select
              id={`${id}-lasts`}
              value={lasts}
              options={LASTS_MS.map((value) => ({ value, text: lifetime(Number(value), language) }))}
              choose={setLasts}
            />
          </div>
          <Button type="submit" look="primary" className="justify-self-end" disabled={invite.isPending}>
            {say("settings.invite_make")}
          </Button>
        </form>
      )}
    </Dialog>
  );
};

/** "1 hour", "7 days". */
const lifetime = (ms: number, language: string): string =>
  ms < 24 * HOUR_MS
    ? formatDuration(ms, language)
    : new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(
        ms / (24 * HOUR_MS),
      );

const Made = ({ link, warning, close }: { link: string; warning: string | null; close: () => void }) => {
  const say = useSay();
  const toasts = useToasts();
  const copy = (): void =>
    void navigator.clipboard.writeText(link).then(
      () => toasts.tell(say("ui.copied")),
      () => toasts.fail(say("settings.copy_failed")),
    );
  return (
    <div className="grid gap-4">
      <code className="rounded-lg bg-hover p-3 font-mono text-sm break-all select-all">{link}</code>
      {warning !== null && <Notice role="alert">{warning}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={copy}>
          <Copy className="size-4" aria-hidden />
          {say("ui.copy")}
        </Button>
        <Button look="primary" onClick={close}>
          {say("ui.close")}
        </Button>
      </div>
    </div>
  );
};
