import type { MemoryRecord } from "@steward/contract/memory-records";
import { escapeHidden } from "@steward/contract/visible-text";
import { Check, Pencil, Pin, PinOff, Trash2, X } from "lucide-react";
import { useReplaced } from "../../api/memories.ts";
import { usePlaces } from "../../api/places.ts";
import { useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { PlainText } from "../../ui/plain-text.tsx";
import { TextDifference } from "../../ui/text-difference.tsx";
import { Expiry } from "./expiry.tsx";
import { OutsideMark } from "./outside-mark.tsx";
import { Provenance } from "./provenance.tsx";
import { useMemoryActions } from "./use-memory-actions.ts";

/** A memory as it stands. */
export const MemoryView = ({
  memory,
  edit,
  close,
}: {
  memory: MemoryRecord;
  edit: () => void;
  close: () => void;
}) => {
  const say = useSay();
  const places = usePlaces();
  return (
    <div className="grid gap-3">
      <h3 className="text-sm font-semibold [overflow-wrap:anywhere]" dir="auto">
        {escapeHidden(memory.key)}
      </h3>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        {memory.pinned && <Badge tone="accent">{say("memory.pinned")}</Badge>}
        <Badge>
          <bdi className="max-w-56 truncate">{places.scopeName(memory)}</bdi>
        </Badge>
        <Badge>
          <bdi className="max-w-40 truncate">{memory.category}</bdi>
        </Badge>
        <Expiry at={memory.expiresAt} />
        <OutsideMark memory={memory} />
      </div>
      {memory.state === "proposed" ? <Proposed memory={memory} /> : <PlainText text={memory.content} />}
      <Provenance memory={memory} />
      <div className="flex flex-wrap gap-2">
        {memory.state === "proposed" ? (
          <Decide memory={memory} close={close} />
        ) : (
          <Keep memory={memory} close={close} />
        )}
        <Button onClick={edit}>
          <Pencil className="size-4" aria-hidden />
          {say("ui.edit")}
        </Button>
      </div>
    </div>
  );
};

const Proposed = ({ memory }: { memory: MemoryRecord }) => {
  const say = useSay();
  const replaced = useReplaced(memory);
  if (!replaced.data) return <PlainText text={memory.content} />;
  return (
    <>
      <p className="text-xs text-soft">{say("memory.would_replace")}</p>
      <TextDifference before={replaced.data.content} after={memory.content} />
    </>
  );
};

const Decide = ({ memory, close }: { memory: MemoryRecord; close: () => void }) => {
  const say = useSay();
  const replaced = useReplaced(memory);
  const { accept, reject } = useMemoryActions();
  const isBusy = accept.isPending || reject.isPending;
  return (
    <>
      <Button
        look="primary"
        disabled={isBusy || replaced.isPending}
        onClick={() => accept.mutate(memory, { onSuccess: close })}
      >
        <Check className="size-4" aria-hidden />
        {say(replaced.data ? "memory.replace" : "memory.accept")}
      </Button>
      <Button disabled={isBusy} onClick={() => reject.mutate(memory, { onSuccess: close })}>
        <X className="size-4" aria-hidden />
        {say("memory.reject")}
      </Button>
    </>
  );
};

const Keep = ({ memory, close }: { memory: MemoryRecord; close: () => void }) => {
  const say = useSay();
  const { pin, remove } = useMemoryActions();
  const PinIcon = memory.pinned ? PinOff : Pin;
  return (
    <>
      <Button disabled={pin.isPending} onClick={() => pin.mutate(memory)}>
        <PinIcon className="size-4" aria-hidden />
        {say(memory.pinned ? "memory.unpin" : "memory.pin")}
      </Button>
      <Button disabled={remove.isPending} onClick={() => remove.mutate(memory, { onSuccess: close })}>
        <Trash2 className="size-4 text-bad" aria-hidden />
        {say("ui.delete")}
      </Button>
    </>
  );
};
