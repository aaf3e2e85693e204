import { allowChat } from "@steward/contract/access-chats";
import { chatIdSchema } from "@steward/contract/ids";
import { Plus } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { useAccessChanged } from "../../../api/access.ts";
import { api } from "../../../api/client.ts";
import { useAction } from "../../../api/use-action.ts";
import { useSay } from "../../../texts/texts.tsx";
import { Button } from "../../../ui/button.tsx";
import { Field, Input } from "../../../ui/field.tsx";

/** Allows a group by its number, for one whose question in the chat has gone by. */
export const GroupForm = ({ botId }: { botId: string }) => {
  const say = useSay();
  const changed = useAccessChanged();
  const [isOpen, setOpen] = useState(false);
  const [chatId, setChatId] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const allow = useAction(
    (id: string) => api.call(allowChat, { params: { botId, chatId: id }, body: {} }),
    () => {
      setChatId("");
      setOpen(false);
      changed();
    },
  );
  if (!isOpen) {
    return (
      <Button size="small" className="justify-self-start" onClick={() => setOpen(true)}>
        <Plus className="size-4" aria-hidden />
        {say("settings.group_add")}
      </Button>
    );
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const id = chatId.trim();
    const isGroup = id.startsWith("-") && chatIdSchema.safeParse(id).success;
    setProblem(isGroup ? null : say("settings.group_number_wrong"));
    if (isGroup) allow.mutate(id);
  };
  return (
    <form onSubmit={submit} className="grid max-w-md gap-3">
      <Field label={say("settings.group_number")} help={say("settings.group_number_help")} problem={problem}>
        <Input
          autoFocus
          value={chatId}
          onChange={(event) => setChatId(event.target.value)}
          placeholder="-100…"
        />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={allow.isPending}>
          {say("settings.allow")}
        </Button>
        <Button onClick={() => setOpen(false)}>{say("ui.cancel")}</Button>
      </div>
    </form>
  );
};
