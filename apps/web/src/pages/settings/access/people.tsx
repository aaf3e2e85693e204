import { type AccessEntry, accessEntrySchema, revokeAccess, setRole } from "@steward/contract/access";
import { useAccessChanged, usePeople } from "../../../api/access.ts";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useSay } from "../../../texts/texts.tsx";
import { ConfirmButton } from "../../../ui/confirm.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Select } from "../../../ui/select.tsx";
import { useToasts } from "../../../ui/toasts.tsx";
import { personHandle, personName } from "./names.ts";

export const People = ({ botId }: { botId: string }) => {
  const say = useSay();
  const people = usePeople();
  return (
    <Loaded query={people} lines={1}>
      {(all) => {
        const own = all.filter((entry) => entry.botId === botId);
        if (own.length === 0) return <p className="text-sm text-soft">{say("settings.no_people")}</p>;
        return (
          <ul className="divide-y divide-line">
            {own.map((entry) => (
              <Person key={entry.userId} entry={entry} />
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
};

const Person = ({ entry }: { entry: AccessEntry }) => {
  const say = useSay();
  const toasts = useToasts();
  const changed = useAccessChanged();
  const { botId, userId } = entry;
  const name = personName(entry);
  const change = useAction(
    ({ role }: { role: AccessEntry["role"]; before: AccessEntry["role"] | null }) =>
      api.call(setRole, { params: { botId, userId }, body: { role } }),
    ({ role }, { before }) => {
      changed();
      toasts.tell(
        say("settings.role_set", { name, role: say(`role.${role}`) }),
        before === null
          ? undefined
          : { label: say("ui.undo"), run: () => change.mutate({ role: before, before: null }) },
      );
    },
  );
  const revoke = useAction(
    () => api.call(revokeAccess, { params: { botId, userId } }),
    () => {
      changed();
      toasts.tell(say("settings.revoked", { name }));
    },
  );
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2 text-sm">
      <div className="min-w-0 grow basis-48">
        <p className="font-medium break-words">{name}</p>
        <p className="text-xs break-words text-soft">{personHandle(entry)}</p>
      </div>
      <div className="flex items-center gap-2">
        <Select
          aria-label={say("settings.role_of", { name })}
          value={entry.role}
          options={accessEntrySchema.shape.role.options.map((role) => ({
            value: role,
            text: say(`role.${role}`),
          }))}
          choose={(role) => change.mutate({ role, before: entry.role })}
        />
        <ConfirmButton
          look="quiet"
          question={say("settings.revoke_question", { name })}
          consequence={say("settings.revoke_consequence")}
          action={say("settings.revoke")}
          aria-label={say("settings.revoke_name", { name })}
          disabled={revoke.isPending}
          onConfirm={() => revoke.mutate(undefined)}
        >
          {say("settings.revoke")}
        </ConfirmButton>
      </div>
    </li>
  );
};
