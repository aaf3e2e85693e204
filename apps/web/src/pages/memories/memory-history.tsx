import type { MemoryRecord } from "@steward/contract/memory-records";
import { useMemoryHistory } from "../../api/memories.ts";
import { useSay } from "../../texts/texts.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ChangeLine } from "./change-line.tsx";
import { canUndo } from "./changed-fields.ts";

/** How a memory came to be what it is, the newest first. */
export const MemoryHistory = ({ id, present }: { id: number; present: MemoryRecord | null }) => {
  const say = useSay();
  const history = useMemoryHistory(id);
  return (
    <section className="grid gap-2 border-t border-line pt-4">
      <h3 className="text-sm font-semibold">{say("memory.history")}</h3>
      <Loaded query={history} lines={2}>
        {(changes) =>
          changes.length === 0 ? (
            <p className="text-sm text-soft">{say("memory.history_none")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {changes.map((change) => (
                <ChangeLine key={change.id} change={change} canUndo={canUndo(change, present)} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
};
