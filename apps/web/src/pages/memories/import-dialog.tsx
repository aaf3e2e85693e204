import { exportMemories, importMemories } from "@steward/contract/memory-files";
import { useQuery } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { usePlaces } from "../../api/places.ts";
import { useAction } from "../../api/use-action.ts";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Labelled } from "../../ui/labelled.tsx";
import { PlaceOptions } from "../../ui/place-options.tsx";
import { Select } from "../../ui/select.tsx";
import { useToasts } from "../../ui/toasts.tsx";
import { type ImportWish, previewImport, type ReadFile, readMemoryFile } from "./import-preview.ts";
import { readScope, writeScope } from "./memory-scope.ts";

/** Takes in a file of memories, chosen or pasted; what would happen is told before it does. */
export const ImportDialog = ({ close }: { close: () => void }) => {
  const say = useSay();
  const toasts = useToasts();
  const [text, setText] = useState("");
  const [wish, setWish] = useState<ImportWish>({ onTaken: "skip", of: null });
  const file = useMemo(() => (text.trim() === "" ? null : readMemoryFile(text)), [text]);
  const present = useQuery({
    queryKey: queryKey("memories", "export"),
    queryFn: ({ signal }) => api.call(exportMemories, { signal }),
    enabled: file?.is === "file",
  });
  const take = useAction(
    async () => {
      if (file?.is !== "file") return null;
      const { botId, chatId = "" } = wish.of ?? {};
      return await api.call(importMemories, {
        body: {
          ...{ format: "steward-memories-1", memories: file.memories, onTaken: wish.onTaken },
          ...(botId !== undefined && { botId, ...(chatId !== "" && { chatId }) }),
        },
      });
    },
    (count) => {
      if (!count) return;
      toasts.tell(say("memory.imported", count));
      close();
    },
  );
  const preview =
    file?.is === "file" && present.data ? previewImport(file.memories, present.data.memories, wish) : null;
  return (
    <Dialog open close={close} title={say("memory.import")} description={say("memory.import_text")}>
      <div className="grid gap-4">
        <Source text={text} put={setText} />
        {file?.is === "problem" && <Problem file={file} />}
        {file?.is === "file" && <Wishes wish={wish} put={setWish} />}
        {preview && (
          <p role="status" className="rounded-lg bg-hover p-3 text-sm">
            {say("memory.import_preview", preview)}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>{say("ui.cancel")}</Button>
          <Button
            look="primary"
            disabled={file?.is !== "file" || take.isPending}
            onClick={() => take.mutate(undefined)}
          >
            {say("memory.import_submit")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};

const Source = ({ text, put }: { text: string; put: (text: string) => void }) => {
  const say = useSay();
  const id = useId();
  return (
    <div className="grid gap-2">
      <label className="inline-flex min-h-9 cursor-pointer items-center gap-2 justify-self-start rounded-lg border border-line bg-surface px-3.5 text-sm font-medium hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent">
        <FileUp className="size-4" aria-hidden />
        {say("memory.import_choose")}
        <input
          type="file"
          accept=".json,application/json"
          className="sr-only"
          onChange={({ target }) => void target.files?.[0]?.text().then(put)}
        />
      </label>
      <label htmlFor={id} className="text-xs text-soft">
        {say("memory.import_paste")}
      </label>
      <textarea
        id={id}
        rows={5}
        value={text}
        onChange={({ target }) => put(target.value)}
        spellCheck={false}
        className="w-full min-w-0 resize-y rounded-lg border border-strong-line bg-surface px-3 py-2 font-mono text-xs [overflow-wrap:anywhere]"
      />
    </div>
  );
};

const Problem = ({ file }: { file: Extract<ReadFile, { is: "problem" }> }) => {
  const say = useSay();
  return (
    <div role="alert" className="grid gap-1 text-sm text-bad">
      <p>{say(`memory.import_${file.problem}`)}</p>
      {file.at !== "" && (
        <code className="line-clamp-3 font-mono text-xs [overflow-wrap:anywhere]">{file.at}</code>
      )}
    </div>
  );
};

const Wishes = ({ wish, put }: { wish: ImportWish; put: (wish: ImportWish) => void }) => {
  const say = useSay();
  const places = usePlaces();
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Labelled label={say("memory.import_for")}>
        <Select
          className="w-full"
          value={wish.of ? writeScope(wish.of) : ""}
          choose={(scope) => put({ ...wish, of: readScope(scope) })}
        >
          <option value="">{say("memory.import_for_file")}</option>
          <PlaceOptions places={places} chosen={wish.of} />
        </Select>
      </Labelled>
      <Labelled label={say("memory.import_taken")}>
        <Select
          className="w-full"
          value={wish.onTaken}
          options={[
            { value: "skip", text: say("memory.import_skip") },
            { value: "replace", text: say("memory.import_replace") },
          ]}
          choose={(onTaken) => put({ ...wish, onTaken })}
        />
      </Labelled>
    </div>
  );
};
