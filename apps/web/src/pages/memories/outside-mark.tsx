import type { MemoryRecord } from "@steward/contract/memory-records";
import { useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";

/**
 * Claude's own ideas wait for a person when it had read something from outside, worked by itself, or wants them for more
 * than its chat; summaries, when their conversation held somebody else's words.
 */
export const mayBeFromOutside = ({ state, origin }: Pick<MemoryRecord, "state" | "origin">): boolean =>
  state === "proposed" && (origin === "agent" || origin === "summary");

export const OutsideMark = ({ memory }: { memory: MemoryRecord }) => {
  const say = useSay();
  if (!mayBeFromOutside(memory)) return null;
  return (
    <span title={say("memory.outside_help")}>
      <Badge tone="warn">{say("memory.outside")}</Badge>
    </span>
  );
};
