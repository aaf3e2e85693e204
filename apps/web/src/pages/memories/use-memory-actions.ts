import { acceptMemory, deleteMemory, rejectMemory, updateMemory } from "@steward/contract/memories";
import { undoMemoryChange } from "@steward/contract/memory-changes";
import type { MemoryRecord } from "@steward/contract/memory-records";
import { api } from "../../api/client.ts";
import { useAction } from "../../api/use-action.ts";
import { type TextKey, useSay } from "../../texts/texts.tsx";
import { useToasts } from "../../ui/toasts.tsx";

/** Takes one change back; that, too, is a change that can be taken back. */
export const useUndo = () => {
  const say = useSay();
  const toasts = useToasts();
  return useAction(
    (changeId: number) => api.call(undoMemoryChange, { params: { changeId }, body: {} }),
    ({ memory }) => toasts.tell(say(memory ? "memory.undone" : "memory.undone_gone")),
  );
};

/** What is done with a memory at one press. Each can be taken back right after it. */
export const useMemoryActions = () => {
  const say = useSay();
  const toasts = useToasts();
  const undo = useUndo();
  const tell = (text: TextKey, { key }: MemoryRecord, change: { id: number } | null): void => {
    const action = { label: say("ui.undo"), run: () => change && undo.mutate(change.id) };
    toasts.tell(say(text, { key: shorten(key) }), change ? action : undefined);
  };
  return {
    /** What was read is what is accepted: refused when it has changed since. */
    accept: useAction(
      ({ id, updatedAt }: MemoryRecord) =>
        api.call(acceptMemory, { params: { memoryId: id }, body: { expectedUpdatedAt: updatedAt } }),
      ({ change }, memory) => tell("memory.accepted", memory, change),
    ),
    reject: useAction(
      ({ id }: MemoryRecord) => api.call(rejectMemory, { params: { memoryId: id }, body: {} }),
      ({ change }, memory) => tell("memory.rejected", memory, change),
    ),
    remove: useAction(
      ({ id }: MemoryRecord) => api.call(deleteMemory, { params: { memoryId: id } }),
      ({ change }, memory) => tell("memory.forgotten", memory, change),
    ),
    pin: useAction(({ id, pinned }: MemoryRecord) =>
      api.call(updateMemory, { params: { memoryId: id }, body: { pinned: !pinned } }),
    ),
  };
};

const shorten = (key: string): string => (key.length > 60 ? `${key.slice(0, 60)}…` : key);
