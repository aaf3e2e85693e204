import type { ChatAddress } from "@steward/contract/ids";
import { chooseChatModel, getChatModel, listModels } from "@steward/contract/models";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { useToasts } from "../../ui/toasts.tsx";

/** Which model answers in this chat, from its next turn on. */
export const ModelDialog = ({ chat, close }: { chat: ChatAddress; close: () => void }) => {
  const say = useSay();
  const toasts = useToasts();
  const queries = useQueryClient();
  const choice = useQuery({
    queryKey: queryKey("policies", "model", chat),
    queryFn: ({ signal }) => api.call(getChatModel, { query: chat, signal }),
  });
  const models = useQuery({
    queryKey: queryKey("load", "models"),
    queryFn: ({ signal }) => api.call(listModels, { signal, timeoutMs: 60_000 }),
  });
  const choose = useAction(
    (model: string | null) => api.call(chooseChatModel, { body: { ...chat, model } }),
    ({ model }) => {
      toasts.tell(model === null ? say("chat.model_default_set") : say("chat.model_set", { model }));
      void queries.invalidateQueries({ queryKey: queryKey("policies") });
      close();
    },
  );
  return (
    <Dialog open close={close} title={say("chat.model")} description={say("chat.model_text")}>
      <Loaded query={models}>
        {({ models: offered }) => {
          const current = choice.data?.model ?? null;
          const known = offered.some(({ name }) => name === current) || current === null;
          const entries = [
            { name: null, title: say("chat.model_default") },
            ...offered,
            ...(known ? [] : [{ name: current, title: current }]),
          ];
          return (
            <fieldset className="grid gap-1.5" disabled={choose.isPending}>
              <legend className="sr-only">{say("chat.model")}</legend>
              {entries.map(({ name, title }) => (
                <label
                  key={name ?? ""}
                  className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg border border-line px-3 text-sm hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft"
                >
                  <input
                    type="radio"
                    name="model"
                    className="accent-accent"
                    checked={name === current}
                    onChange={() => choose.mutate(name)}
                  />
                  <span className="min-w-0 grow truncate font-medium">{title}</span>
                  <span className="truncate text-xs text-soft">{name}</span>
                </label>
              ))}
            </fieldset>
          );
        }}
      </Loaded>
    </Dialog>
  );
};
