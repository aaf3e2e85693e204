import { uploadFile } from "@steward/contract/files";
import type { ChatAddress } from "@steward/contract/ids";
import { submitTurn } from "@steward/contract/turns";
import { useQueryClient } from "@tanstack/react-query";
import { Paperclip, SendHorizontal, X } from "lucide-react";
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { useAction } from "../../api/use-action.ts";
import { useLanguage, useSay } from "../../texts/texts.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { isComposing } from "../../ui/is-composing.ts";
import { useDraft } from "./use-draft.ts";

const UPLOAD_TIMEOUT_MS = 600_000;

const keys = new WeakMap<File, string>();
/** A file that was uploaded before a failure is not uploaded twice. */
const uploadKey = (file: File): string => {
  const key = keys.get(file) ?? crypto.randomUUID();
  keys.set(file, key);
  return key;
};
const TALLEST_PX = 260;

const isPhone = (): boolean => matchMedia("(pointer: coarse)").matches;

interface Sending {
  text: string;
  files: readonly File[];
  toTelegram: boolean;
  key: string;
}

/**
 * Where a person writes. What they have written is kept until the API says that it has it: through a failure, a reload,
 * another sign-in.
 */
export const Composer = ({ chat, isTelegram }: { chat: ChatAddress; isTelegram: boolean }) => {
  const say = useSay();
  const { language } = useLanguage();
  const hint = useId();
  const queries = useQueryClient();
  const picker = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(chat);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [toTelegram, setToTelegram] = useState(true);

  const send = useAction(
    async ({ text, files: wanted, toTelegram: deliver, key }: Sending) => {
      const fileIds: string[] = [];
      for (const file of wanted) {
        const { id } = await api.upload(uploadFile, {
          headers: { "idempotency-key": uploadKey(file) },
          query: { ...chat, name: file.name },
          content: file,
          timeoutMs: UPLOAD_TIMEOUT_MS,
        });
        fileIds.push(id);
      }
      return api.call(submitTurn, {
        headers: { "idempotency-key": key },
        body: { ...chat, text, fileIds, source: "web", language, deliver },
      });
    },
    (_, { key, files: gone }) => {
      draft.sent(key);
      setFiles((before) => before.filter((file) => !gone.includes(file)));
      void queries.invalidateQueries({ queryKey: queryKey("history") });
    },
  );
  const isEmpty = draft.text.trim() === "" && files.length === 0;
  const submit = (): void => {
    if (isEmpty || send.isPending) return;
    send.mutate({ text: draft.text, files, toTelegram: isTelegram && toTelegram, key: draft.key });
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    // On a phone Enter is the only way to a new line.
    if (isPhone()) return;
    event.preventDefault();
    submit();
  };
  const change = (next: (before: readonly File[]) => readonly File[]): void => {
    draft.renew();
    setFiles(next);
  };
  const add = (more: Iterable<File>): void => {
    // The browser's own list is empty again as soon as its field is.
    const added = [...more];
    change((before) => [...before, ...added]);
  };

  return (
    <form
      className="border-t border-line bg-surface px-3 py-2.5 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event: DragEvent) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        add(event.dataTransfer.files);
      }}
    >
      {files.length > 0 && (
        <ul className="mb-2 flex flex-wrap gap-2">
          {files.map((file, index) => (
            <li
              key={`${file.name}-${index}`}
              className="flex max-w-60 items-center gap-1 rounded-lg border border-line bg-canvas pl-2.5 text-sm"
            >
              <span className="truncate">{file.name}</span>
              <IconButton
                label={say("chat.remove_file", { name: file.name })}
                onClick={() => change((before) => before.filter((_, at) => at !== index))}
              >
                <X className="size-3.5" aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-end gap-2">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={say("chat.attach")}
          onChange={({ target }) => {
            add(target.files ?? []);
            target.value = "";
          }}
        />
        <IconButton label={say("chat.attach")} onClick={() => picker.current?.click()}>
          <Paperclip className="size-4.5" aria-hidden />
        </IconButton>
        <textarea
          ref={field}
          rows={1}
          value={draft.text}
          aria-label={say("chat.write")}
          // On a phone the keyboard would come up with it.
          data-goes-on={isPhone() ? undefined : true}
          aria-describedby={hint}
          placeholder={say("chat.write")}
          onChange={({ target }) => draft.write(target.value)}
          onKeyDown={press}
          onPaste={(event: ClipboardEvent) => {
            if (event.clipboardData.files.length > 0) add(event.clipboardData.files);
          }}
          style={{ maxHeight: TALLEST_PX }}
          className="field-sizing-content min-h-9 min-w-0 grow resize-none rounded-lg border border-strong-line bg-surface px-3 py-1.5 text-[15px] leading-relaxed placeholder:text-faint"
        />
        <Button
          type="submit"
          look="primary"
          size="icon"
          disabled={isEmpty || send.isPending}
          aria-label={say("chat.send")}
        >
          <SendHorizontal className="size-4" aria-hidden />
        </Button>
      </div>
      <div id={hint} className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-xs text-soft">
        {isTelegram ? (
          <label className="flex cursor-pointer items-center gap-1.5">
            <input
              type="checkbox"
              className="accent-accent"
              checked={toTelegram}
              onChange={({ target }) => {
                draft.renew();
                setToTelegram(target.checked);
              }}
            />
            {say("chat.to_telegram")}
          </label>
        ) : (
          <span />
        )}
        <span className="hidden sm:inline">{say("chat.keys")}</span>
      </div>
    </form>
  );
};
