import { useState } from "react";
import { useMemory } from "../../api/memories.ts";
import { useSay } from "../../texts/texts.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { MemoryEdit } from "./memory-edit.tsx";
import { MemoryHistory } from "./memory-history.tsx";
import { MemoryView } from "./memory-view.tsx";
import { hasDraft } from "./use-memory-draft.ts";

/** One memory: what it says, where it comes from, how it has changed; and what can be done with it. */
export const MemoryDialog = ({ id, close }: { id: number; close: () => void }) => {
  const say = useSay();
  const memory = useMemory(id);
  // What somebody had begun to write is there again.
  const [isEdited, setEdited] = useState(() => hasDraft(id));
  const title = memory.data === null ? say("memory.gone") : say("memory.one");
  return (
    <Dialog open close={close} title={title}>
      <Loaded query={memory} lines={5}>
        {(found) => (
          <div className="grid gap-5">
            {found === null && <p className="text-sm text-soft">{say("memory.gone_text")}</p>}
            {isEdited ? (
              <MemoryEdit id={id} stored={found} done={() => setEdited(false)} />
            ) : (
              found && <MemoryView memory={found} edit={() => setEdited(true)} close={close} />
            )}
            {(!isEdited || found === null) && <MemoryHistory id={id} present={found} />}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
};
