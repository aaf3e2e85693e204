import type { MemoryChangeRecord, MemoryRecord } from "@steward/contract/memory-records";
import { harmless, harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatMoment } from "../terminal/units.ts";

const SHOWN = 60;

/** The beginning of a text, on one line. */
export const shown = (text: string): string => {
  const line = harmlessLine(text.replace(/\s+/g, " "));
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
};

export const ownerName = ({ botId, chatId }: MemoryRecord, { say }: Terminal): string => {
  if (botId === "") return say("cli.memory.for_all");
  return chatId === "" ? botId : `${botId}/${chatId}`;
};

/** One memory with all that is known of it. */
export const describeMemory = (memory: MemoryRecord, terminal: Terminal): string => {
  const { say } = terminal;
  const { id, key, content, category, state, pinned, expiresAt, origin, sourceUserName, updatedAt } = memory;
  const facts = [
    ...(state === "proposed" ? [say("cli.memory.proposed")] : []),
    ...(pinned ? [say("cli.memory.pinned")] : []),
    ownerName(memory, terminal),
    harmlessLine(category),
    harmlessLine(sourceUserName ?? origin),
    formatMoment(updatedAt),
    ...(expiresAt === null ? [] : [say("cli.memory.until", { date: formatMoment(expiresAt) })]),
  ];
  return `#${id} ${harmlessLine(key)}\n${harmless(content)}\n${facts.join(" · ")}`;
};

/** One change: what it was before, and what it has been since. */
export const describeChange = (change: MemoryChangeRecord, { say }: Terminal): string => {
  const { id, memoryId, action, before, after, origin, userName, undoneBy, at } = change;
  const who = harmlessLine(userName ?? origin);
  const undone = undoneBy === null ? "" : ` · ${say("cli.memory.undone_by", { change: undoneBy })}`;
  const lines = [
    ...(before === null ? [] : [`  - ${shown(before.key)}: ${shown(before.content)}`]),
    ...(after === null ? [] : [`  + ${shown(after.key)}: ${shown(after.content)}`]),
  ];
  return [
    `${id}  ${formatMoment(at)}  ${say(`cli.memory.action.${action}`)} #${memoryId} · ${who}${undone}`,
    ...lines,
  ].join("\n");
};
