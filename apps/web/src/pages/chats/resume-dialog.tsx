import { listConversations, selectConversation } from "@steward/contract/conversations";
import type { ChatAddress } from "@steward/contract/ids";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { useAction } from "../../api/use-action.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { formatUsd } from "../../ui/amounts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Ago } from "../../ui/times.tsx";
import { useToasts } from "../../ui/toasts.tsx";

/** The chat's conversations: its next message goes on in the chosen one. */
export const ResumeDialog = ({ chat, close }: { chat: ChatAddress; close: () => void }) => {
  const say = useSay();
  const { language } = useLanguage();
  const toasts = useToasts();
  const queries = useQueryClient();
  const conversations = useQuery({
    queryKey: queryKey("sessions", "conversations", chat),
    queryFn: ({ signal }) => api.call(listConversations, { query: chat, signal }),
  });
  const select = useAction(
    (conversationId: string) => api.call(selectConversation, { body: { ...chat, conversationId } }),
    () => {
      toasts.tell(say("chat.resumed"));
      void queries.invalidateQueries({ queryKey: queryKey("sessions") });
      void queries.invalidateQueries({ queryKey: queryKey("history") });
      close();
    },
  );
  return (
    <Dialog open close={close} title={say("chat.resume")} description={say("chat.resume_text")}>
      <Loaded query={conversations}>
        {(all) =>
          all.length === 0 ? (
            <p className="text-sm text-soft">{say("chat.no_conversations")}</p>
          ) : (
            <ul className="-mx-2 grid gap-0.5">
              {all.map((each) => (
                <li key={each.id}>
                  <button
                    type="button"
                    disabled={select.isPending || each.current}
                    onClick={() => select.mutate(each.id)}
                    className="flex w-full cursor-pointer items-center gap-3 rounded-lg px-3 py-2 text-left text-sm hover:bg-hover disabled:cursor-default"
                  >
                    <span className="min-w-0 grow">
                      <span className="block truncate font-medium">{each.title ?? say("chat.untitled")}</span>
                      <span className="block text-xs text-soft">
                        <Ago at={each.lastActiveAt} /> · {say("chat.turns", { count: each.turns })} ·{" "}
                        {formatUsd(each.costUsd, language)}
                      </span>
                    </span>
                    {each.current && (
                      <Check className="size-4 text-accent-ink" aria-label={say("chat.current")} />
                    )}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Dialog>
  );
};
