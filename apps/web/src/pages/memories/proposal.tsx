import type { MemoryRecord } from "@steward/contract/memory-records";
import { escapeHidden } from "@steward/contract/visible-text";
import { Link } from "@tanstack/react-router";
import { Check, X } from "lucide-react";
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

/** Something that waits for a word: what it says, what it would replace, and where it comes from. */
export const Proposal = ({ memory }: { memory: MemoryRecord }) => {
  const say = useSay();
  const places = usePlaces();
  const replaced = useReplaced(memory);
  const { accept, reject } = useMemoryActions();
  const isBusy = accept.isPending || reject.isPending;
  return (
    <li className="grid gap-2 px-4 py-3.5">
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          from="/memories"
          search={(before) => ({ ...before, id: memory.id })}
          resetScroll={false}
          className="max-w-full min-w-0 truncate text-sm font-medium hover:underline"
        >
          <bdi>{escapeHidden(memory.key)}</bdi>
        </Link>
        <bdi className="max-w-full truncate text-xs text-soft">{places.scopeName(memory)}</bdi>
        <Badge>{memory.category}</Badge>
        <Expiry at={memory.expiresAt} />
        <OutsideMark memory={memory} />
      </div>
      {replaced.data ? (
        <>
          <p className="text-xs text-soft">{say("memory.would_replace")}</p>
          <TextDifference before={replaced.data.content} after={memory.content} />
        </>
      ) : (
        <PlainText text={memory.content} />
      )}
      <Provenance memory={memory} />
      <div className="mt-1 flex flex-wrap gap-2">
        <Button
          look="primary"
          // What would be replaced has to be known first.
          disabled={isBusy || replaced.isPending}
          onClick={() => accept.mutate(memory)}
        >
          <Check className="size-4" aria-hidden />
          {say(replaced.data ? "memory.replace" : "memory.accept")}
        </Button>
        <Button disabled={isBusy} onClick={() => reject.mutate(memory)}>
          <X className="size-4" aria-hidden />
          {say("memory.reject")}
        </Button>
      </div>
    </li>
  );
};
