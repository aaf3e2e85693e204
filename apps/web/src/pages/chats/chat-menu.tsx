import { newConversation } from "@steward/contract/chats";
import { deleteHistorySession } from "@steward/contract/history";
import type { ChatAddress } from "@steward/contract/ids";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Cpu, Download, History, MessageSquarePlus, Trash2 } from "lucide-react";
import { cloneElement, type ReactElement, type ReactNode, useState } from "react";
import { api } from "../../api/client.ts";
import { messagesKey } from "../../api/history.ts";
import { queryKey } from "../../api/keys.ts";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import ConfirmDialog from "../../ui/confirm-dialog.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToasts } from "../../ui/toasts.tsx";
import { ModelDialog } from "./model-dialog.tsx";
import { ResumeDialog } from "./resume-dialog.tsx";

interface Props {
  botId: string;
  sessionId: string;
  /** Null: another client's session, which can only be read. */
  chat: ChatAddress | null;
  trigger: ReactElement;
  children: ReactNode;
}

/** A new conversation, an earlier one, another model, taking it along, deleting it. */
const ChatMenu = ({ botId, sessionId, chat, trigger, children }: Props) => {
  const say = useSay();
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [open, setOpen] = useState<"model" | "resume" | "delete" | null>(null);
  const close = () => setOpen(null);
  const begin = useAction(
    (address: ChatAddress) => api.call(newConversation, { body: address }),
    () => {
      toasts.tell(say("chat.new_done"));
      void queries.invalidateQueries({ queryKey: queryKey("sessions") });
      void queries.invalidateQueries({ queryKey: queryKey("history") });
    },
  );
  const remove = useAction(
    () => api.call(deleteHistorySession, { query: { botId, sessionId } }),
    ({ deleted, kept }) => {
      toasts.tell(say(kept > 0 ? "chat.deleted_but" : "chat.deleted", { count: deleted, kept }));
      if (kept > 0) return;
      // What is gone is not shown again from memory.
      void navigate({ to: "/chats" }).then(() =>
        queries.removeQueries({ queryKey: messagesKey(botId, sessionId) }),
      );
    },
  );
  const exported = (format: "markdown" | "json"): void => {
    const query = new URLSearchParams({ botId, sessionId, format });
    const link = document.createElement("a");
    link.href = `/api/v1/history/export?${query}`;
    link.download = "";
    link.click();
  };
  return (
    <>
      <Menu defaultOpen trigger={cloneElement(trigger, {}, children)}>
        {chat && (
          <>
            <MenuItem onClick={() => begin.mutate(chat)}>
              <MessageSquarePlus className="size-4" aria-hidden />
              {say("chat.new_conversation")}
            </MenuItem>
            <MenuItem onClick={() => setOpen("resume")}>
              <History className="size-4" aria-hidden />
              {say("chat.resume")}
            </MenuItem>
            <MenuItem onClick={() => setOpen("model")}>
              <Cpu className="size-4" aria-hidden />
              {say("chat.model")}
            </MenuItem>
          </>
        )}
        <MenuItem onClick={() => exported("markdown")}>
          <Download className="size-4" aria-hidden />
          {say("chat.export_markdown")}
        </MenuItem>
        <MenuItem onClick={() => exported("json")}>
          <Download className="size-4" aria-hidden />
          {say("chat.export_json")}
        </MenuItem>
        <MenuItem danger onClick={() => setOpen("delete")}>
          <Trash2 className="size-4" aria-hidden />
          {say("chat.delete")}
        </MenuItem>
      </Menu>
      {chat && open === "model" && <ModelDialog chat={chat} close={close} />}
      {chat && open === "resume" && <ResumeDialog chat={chat} close={close} />}
      {open === "delete" && (
        <ConfirmDialog
          close={close}
          question={say("chat.delete_question")}
          consequence={say("chat.delete_consequence")}
          action={say("ui.delete")}
          onConfirm={() => remove.mutate(undefined)}
        />
      )}
    </>
  );
};
export default ChatMenu;
