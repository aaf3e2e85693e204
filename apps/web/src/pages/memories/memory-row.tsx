import type { MemoryRecord } from "@steward/contract/memory-records";
import type { SearchAnswerBody } from "@steward/contract/search";
import { Link } from "@tanstack/react-router";
import { Pin } from "lucide-react";
import { usePlaces } from "../../api/places.ts";
import { useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";
import { classes } from "../../ui/classes.ts";
import { MarkedText } from "../../ui/marked-text.tsx";
import { Ago } from "../../ui/times.tsx";
import { HitMode } from "../search/hit-mode.tsx";
import { Expiry } from "./expiry.tsx";

/** One memory in a list; it opens it. As a hit with the words marked, and by what it was found. */
export const MemoryRow = ({
  memory,
  hit,
}: {
  memory: MemoryRecord;
  hit?: SearchAnswerBody["memories"][number];
}) => {
  const say = useSay();
  const places = usePlaces();
  return (
    <li>
      <Link
        from="/memories"
        search={(before) => ({ ...before, id: memory.id })}
        resetScroll={false}
        className="grid gap-1 px-4 py-3 text-sm hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="flex min-w-0 items-center gap-2">
          {memory.pinned && (
            <Pin className="size-3.5 shrink-0 text-accent-ink" aria-label={say("memory.pinned")} />
          )}
          <bdi className="min-w-0 grow truncate font-medium">{memory.key}</bdi>
          {hit && <HitMode hit={hit} />}
          <span className="shrink-0 text-xs text-soft">
            <Ago at={memory.updatedAt} />
          </span>
        </span>
        <span className={classes("line-clamp-2", !hit && "text-soft")}>
          <MarkedText
            text={hit?.snippet.text ?? memory.content.slice(0, 400)}
            marks={hit?.snippet.marks ?? []}
          />
        </span>
        <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-soft">
          <bdi className="max-w-full truncate">{places.scopeName(memory)}</bdi>
          <span className="flex max-w-48 min-w-0">
            <Badge>
              <bdi className="truncate">{memory.category}</bdi>
            </Badge>
          </span>
          <Expiry at={memory.expiresAt} />
        </span>
      </Link>
    </li>
  );
};
