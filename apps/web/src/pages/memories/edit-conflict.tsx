import type { MemoryRecord } from "@steward/contract/memory-records";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useSay } from "../../texts/texts.tsx";
import { Button } from "../../ui/button.tsx";
import { PlainText } from "../../ui/plain-text.tsx";
import { TextDifference } from "../../ui/text-difference.tsx";
import { Ago } from "../../ui/times.tsx";
import { type MemoryWords, wordsOf } from "./memory-words.ts";

/** Somebody else has changed what is being changed: both texts, and what is to become of them. */
export const EditConflict = ({
  stored,
  words,
  keepMine,
  takeTheirs,
}: {
  stored: MemoryRecord;
  words: MemoryWords;
  keepMine: () => void;
  takeTheirs: () => void;
}) => {
  const say = useSay();
  const theirs = wordsOf(stored);
  return (
    <div role="alert" className="grid gap-3 rounded-xl border border-warn bg-surface p-3.5">
      <p className="flex gap-2 text-sm font-medium text-warn">
        <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span>{say("memory.conflict")}</span>
      </p>
      <Version
        title={
          <>
            {say("memory.conflict_theirs")} · <Ago at={stored.updatedAt} />
          </>
        }
        words={theirs}
      />
      {theirs.content === words.content ? (
        <Version title={say("memory.conflict_yours")} words={words} />
      ) : (
        <div className="grid gap-1">
          <h3 className="text-xs font-medium text-soft">{say("memory.conflict_yours")}</h3>
          <Rest words={words} />
          <TextDifference before={theirs.content} after={words.content} />
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="small" onClick={keepMine}>
          {say("memory.conflict_keep")}
        </Button>
        <Button size="small" onClick={takeTheirs}>
          {say("memory.conflict_take")}
        </Button>
      </div>
    </div>
  );
};

const Version = ({ title, words }: { title: ReactNode; words: MemoryWords }) => (
  <div className="grid gap-1">
    <h3 className="text-xs font-medium text-soft">{title}</h3>
    <Rest words={words} />
    <PlainText text={words.content} className="max-h-40" />
  </div>
);

/** What else may be other than in the other version. */
const Rest = ({ words: { key, category, pinned, lastDay } }: { words: MemoryWords }) => {
  const say = useSay();
  const parts = [
    key,
    category,
    pinned ? say("memory.pinned") : null,
    lastDay === "" ? null : say("memory.until", { date: lastDay }),
  ];
  return <p className="text-xs text-soft [overflow-wrap:anywhere]">{parts.filter(Boolean).join(" · ")}</p>;
};
