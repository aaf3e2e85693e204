import type { SearchAnswerBody } from "@steward/contract/search";
import { Link } from "@tanstack/react-router";
import { Pin } from "lucide-react";
import { usePlaces } from "../../api/places.ts";
import { useSay } from "../../texts/texts.tsx";
import { MarkedText } from "../../ui/marked-text.tsx";
import { HitMode } from "./hit-mode.tsx";
import { HIT } from "./use-hit-keys.ts";

/** Something that is remembered, with its name and whom it is for. */
export const MemoryHit = ({ hit }: { hit: SearchAnswerBody["memories"][number] }) => {
  const say = useSay();
  const places = usePlaces();
  const { memory, snippet } = hit;
  return (
    <li>
      <Link
        {...HIT}
        to="/memories"
        search={{ id: hit.id }}
        className="grid gap-1 px-4 py-3 text-sm hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="flex min-w-0 items-baseline gap-x-2 text-xs text-soft">
          {memory.pinned && (
            <Pin className="size-3.5 shrink-0 self-center" aria-label={say("memory.pinned")} />
          )}
          <bdi className="max-w-[60%] truncate font-medium text-ink">{memory.key}</bdi>
          <bdi className="min-w-0 truncate">{places.scopeName(memory)}</bdi>
          <span className="ml-auto shrink-0">
            <HitMode hit={hit} />
          </span>
        </span>
        <span className="line-clamp-3">
          <MarkedText text={snippet.text} marks={snippet.marks} />
        </span>
      </Link>
    </li>
  );
};
