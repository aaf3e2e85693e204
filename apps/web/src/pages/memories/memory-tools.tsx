import { Download, Plus, Upload } from "lucide-react";
import { useState } from "react";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { useToasts } from "../../ui/toasts.tsx";
import { downloadMemories } from "./download-memories.ts";
import { ImportDialog } from "./import-dialog.tsx";
import { MemoryAdd } from "./memory-add.tsx";
import { hasDraft } from "./use-memory-draft.ts";

/** What is done with memories as a whole: a new one, a file of them in, or out. */
export const MemoryTools = ({
  scope,
  isOneOpen,
}: {
  scope: string | undefined;
  /** One memory is looked at: the new one waits below it. */
  isOneOpen: boolean;
}) => {
  const say = useSay();
  const toasts = useToasts();
  // What somebody had begun to write is there again.
  const [isAdding, setAdding] = useState(() => hasDraft("new"));
  const [isImporting, setImporting] = useState(false);
  const download = useAction(
    () => downloadMemories(scope),
    (count) => toasts.tell(say("memory.exported", { count })),
  );
  return (
    <>
      <IconButton look="plain" label={say("memory.import")} onClick={() => setImporting(true)}>
        <Upload className="size-4" aria-hidden />
      </IconButton>
      <IconButton
        look="plain"
        label={say(scope === undefined ? "memory.export" : "memory.export_scope")}
        disabled={download.isPending}
        onClick={() => download.mutate(undefined)}
      >
        <Download className="size-4" aria-hidden />
      </IconButton>
      <Button look="primary" onClick={() => setAdding(true)}>
        <Plus className="size-4" aria-hidden />
        {say("memory.add")}
      </Button>
      {isAdding && !isOneOpen && <MemoryAdd scope={scope} close={() => setAdding(false)} />}
      {isImporting && <ImportDialog close={() => setImporting(false)} />}
    </>
  );
};
