import { type AccessChat, accessChatSchema, allowChat, disallowChat } from "@steward/contract/access-chats";
import { escapeHidden } from "@steward/contract/visible-text";
import { useState } from "react";
import { useAccessChanged, useAccessChats } from "../../../api/access.ts";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useSay } from "../../../texts/texts.tsx";
import { Badge } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { Loaded } from "../../../ui/loaded.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Select } from "../../../ui/select.tsx";
import { useToasts } from "../../../ui/toasts.tsx";
import { GroupForm } from "./group-form.tsx";

/** Groups in which a bot may be used: whom it serves there, and what it answers. */
export const Groups = ({ botId }: { botId: string }) => {
  const say = useSay();
  const chats = useAccessChats();
  return (
    <div className="grid gap-3">
      <Loaded query={chats} lines={1}>
        {(all) => {
          const own = all.filter((chat) => chat.botId === botId);
          if (own.length === 0) return <p className="text-sm text-soft">{say("settings.no_groups")}</p>;
          return (
            <ul className="divide-y divide-line">
              {own.map((chat) => (
                <Group key={chat.chatId} chat={chat} />
              ))}
            </ul>
          );
        }}
      </Loaded>
      <GroupForm botId={botId} />
    </div>
  );
};

type How = Pick<AccessChat, "admits" | "listensTo">;

const Group = ({ chat }: { chat: AccessChat }) => {
  const say = useSay();
  const toasts = useToasts();
  const changed = useAccessChanged();
  const [isHidden, setHidden] = useState(false);
  const { botId, chatId, admits, listensTo, title } = chat;
  const params = { botId, chatId };
  const name = title === null ? chatId : escapeHidden(title);
  const change = useAction(
    (how: Partial<How>) => api.call(allowChat, { params, body: how }),
    ({ privacyMode }) => {
      setHidden(privacyMode);
      changed();
    },
  );
  const restore = useAction(
    () => api.call(allowChat, { params, body: { title, admits, listensTo } }),
    changed,
  );
  const remove = useAction(
    () => api.call(disallowChat, { params }),
    () => {
      changed();
      toasts.tell(say("settings.group_removed", { name }), {
        label: say("ui.undo"),
        run: () => restore.mutate(undefined),
      });
    },
  );
  return (
    <li className="grid gap-2 py-2 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 grow basis-40">
          <p className="font-medium break-words">{name}</p>
          <p className="text-xs text-soft">
            {chatId} {chat.leftAt !== null && <Badge tone="warn">{say("settings.group_left")}</Badge>}
          </p>
        </div>
        <Select
          aria-label={say("settings.group_admits", { name })}
          value={admits}
          options={accessChatSchema.shape.admits.options.map((value) => ({
            value,
            text: say(`group_admits.${value}`),
          }))}
          choose={(value) => change.mutate({ admits: value })}
        />
        <Select
          aria-label={say("settings.group_listens", { name })}
          value={listensTo}
          options={accessChatSchema.shape.listensTo.options.map((value) => ({
            value,
            text: say(`group_listens.${value}`),
          }))}
          choose={(value) => change.mutate({ listensTo: value })}
        />
        <Button
          look="quiet"
          disabled={remove.isPending}
          aria-label={say("settings.group_remove_name", { name })}
          onClick={() => remove.mutate(undefined)}
        >
          {say("settings.group_remove")}
        </Button>
      </div>
      {admits === "everyone" && <Notice>{say("settings.group_everyone_warning")}</Notice>}
      {isHidden && <Notice role="alert">{say("settings.group_privacy_mode")}</Notice>}
    </li>
  );
};
