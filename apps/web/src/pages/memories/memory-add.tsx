import { createMemory } from "@steward/contract/memories";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { usePlaces } from "../../api/places.ts";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Labelled } from "../../ui/labelled.tsx";
import { PlaceOptions } from "../../ui/place-options.tsx";
import { Select } from "../../ui/select.tsx";
import { useToasts } from "../../ui/toasts.tsx";
import { KeyTaken, takenBy } from "./key-taken.tsx";
import { MemoryForm } from "./memory-form.tsx";
import { EVERYBODY, readScope } from "./memory-scope.ts";
import { NO_WORDS, readWords } from "./memory-words.ts";
import { useMemoryDraft } from "./use-memory-draft.ts";

/** A new memory. For whom it is has to be chosen: what everybody is told is said on purpose. */
export const MemoryAdd = ({ scope, close }: { scope: string | undefined; close: () => void }) => {
  const say = useSay();
  const toasts = useToasts();
  const { draft, wasKept, put, drop } = useMemoryDraft("new", {
    words: NO_WORDS,
    scope: scope ?? "",
    base: null,
  });
  const [taken, setTaken] = useState<number | null>(null);
  const [isScopeMissing, setScopeMissing] = useState(false);
  const owner = readScope(draft.scope);
  const save = useAction(
    async () => {
      if (!owner) return null;
      const { botId, chatId } = owner;
      const whose = botId === "" ? { shared: true as const } : { botId, ...(chatId !== "" && { chatId }) };
      try {
        return await api.call(createMemory, { body: { ...whose, ...readWords(draft.words) } });
      } catch (error) {
        const holder = takenBy(error);
        if (holder === null) throw error;
        return { taken: holder };
      }
    },
    (result) => {
      setTaken(result && "taken" in result ? result.taken : null);
      if (!result || "taken" in result) return;
      drop();
      toasts.tell(say("memory.added"));
      close();
    },
  );
  return (
    <Dialog open close={close} title={say("memory.add")} description={say("memory.add_text")}>
      <MemoryForm
        words={draft.words}
        put={(words) => put({ words })}
        submit={() => (owner ? save.mutate(undefined) : setScopeMissing(true))}
        isPending={save.isPending}
        keyProblem={taken === null ? null : <KeyTaken id={taken} />}
        before={
          <>
            {wasKept && <p className="text-xs text-soft">{say("memory.draft_kept")}</p>}
            <Scope
              value={draft.scope}
              isMissing={isScopeMissing && !owner}
              choose={(next) => put({ scope: next })}
            />
          </>
        }
      >
        <Button
          onClick={() => {
            drop();
            close();
          }}
        >
          {say("memory.discard")}
        </Button>
        <Button look="primary" type="submit" disabled={save.isPending}>
          {say("memory.add_submit")}
        </Button>
      </MemoryForm>
    </Dialog>
  );
};

const Scope = ({
  value,
  isMissing,
  choose,
}: {
  value: string;
  isMissing: boolean;
  choose: (scope: string) => void;
}) => {
  const say = useSay();
  const places = usePlaces();
  const chosen = readScope(value);
  return (
    <Labelled label={say("memory.scope")}>
      <Select className="w-full" value={value} aria-invalid={isMissing} choose={choose}>
        <option value="" disabled>
          {say("memory.scope_choose")}
        </option>
        <option value={EVERYBODY}>{say("place.shared")}</option>
        <PlaceOptions places={places} chosen={chosen?.botId ? chosen : null} />
      </Select>
      {isMissing && (
        <span role="alert" className="text-xs font-normal text-bad">
          {say("memory.scope_missing")}
        </span>
      )}
    </Labelled>
  );
};
