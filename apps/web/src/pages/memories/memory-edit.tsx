import { ApiError } from "@steward/client/api-error";
import { updateMemory } from "@steward/contract/memories";
import type { MemoryRecord } from "@steward/contract/memory-records";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { useToasts } from "../../ui/toasts.tsx";
import { EditConflict } from "./edit-conflict.tsx";
import { KeyTaken, takenBy } from "./key-taken.tsx";
import { MemoryForm } from "./memory-form.tsx";
import { changesOf, NO_WORDS, wordsOf } from "./memory-words.ts";
import { useMemoryDraft } from "./use-memory-draft.ts";

const baseOf = (memory: MemoryRecord) => ({ words: wordsOf(memory), updatedAt: memory.updatedAt });

/**
 * Changes a memory as it was when the change was begun. When somebody else has changed it since, both are shown, and
 * nothing is saved before a word.
 *
 * @param stored what stands there now; null: nothing does any more
 */
export const MemoryEdit = ({
  id,
  stored,
  done,
}: {
  id: number;
  stored: MemoryRecord | null;
  done: () => void;
}) => {
  const say = useSay();
  const toasts = useToasts();
  const queries = useQueryClient();
  const { draft, wasKept, put, drop } = useMemoryDraft(id, {
    words: stored ? wordsOf(stored) : NO_WORDS,
    scope: "",
    base: stored && baseOf(stored),
  });
  const [taken, setTaken] = useState<number | null>(null);
  const { words, base } = draft;
  const leave = (): void => {
    drop();
    done();
  };
  const save = useAction(
    async () => {
      const change = changesOf(words, base?.words ?? NO_WORDS);
      const body = { ...change, ...(base && { expectedUpdatedAt: base.updatedAt }) };
      try {
        return await api.call(updateMemory, { params: { memoryId: id }, body });
      } catch (error) {
        const holder = takenBy(error);
        if (holder !== null) return { taken: holder };
        if (error instanceof ApiError && ["memory_changed", "memory_not_found"].includes(error.code)) {
          // What stands there now is shown in a moment, beside what was to be saved.
          await queries.invalidateQueries({ queryKey: queryKey("memories") });
          return null;
        }
        throw error;
      }
    },
    (result) => {
      setTaken(result && "taken" in result ? result.taken : null);
      if (!result || "taken" in result) return;
      queries.setQueryData(queryKey("memories", "one", id), result);
      toasts.tell(say("memory.saved"));
      leave();
    },
  );
  const isOvertaken = stored !== null && base !== null && stored.updatedAt !== base.updatedAt;
  return (
    <div className="grid gap-4">
      {wasKept && !isOvertaken && <p className="text-xs text-soft">{say("memory.draft_kept")}</p>}
      {stored === null && (
        <p role="alert" className="rounded-lg bg-warn-soft p-3 text-sm text-warn">
          {say("memory.edit_gone")}
        </p>
      )}
      {isOvertaken && (
        <EditConflict
          stored={stored}
          words={words}
          keepMine={() => put({ base: baseOf(stored) })}
          takeTheirs={leave}
        />
      )}
      <MemoryForm
        words={words}
        put={(next) => put({ words: next })}
        submit={() => save.mutate(undefined)}
        isPending={save.isPending || isOvertaken || stored === null}
        keyProblem={taken === null ? null : <KeyTaken id={taken} />}
      >
        <Button onClick={leave}>{say("memory.discard")}</Button>
        <Button look="primary" type="submit" disabled={save.isPending || isOvertaken || stored === null}>
          {say("ui.save")}
        </Button>
      </MemoryForm>
    </div>
  );
};
