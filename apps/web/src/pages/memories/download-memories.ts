import { exportMemories } from "@steward/contract/memory-files";
import { api } from "../../api/client.ts";
import { isInScope, readScope } from "./memory-scope.ts";

/** Long enough for the browser to have begun, short enough to hold nothing. */
const KEPT_MS = 60_000;

/** Hands the reader a file of all memories, or of those that are for somebody. @returns how many it holds */
export const downloadMemories = async (scope: string | undefined): Promise<number> => {
  const { botId = "", chatId = "" } = readScope(scope) ?? {};
  const file = await api.call(exportMemories, {
    query: { ...(botId !== "" && { botId }), ...(chatId !== "" && { chatId }) },
  });
  const memories = file.memories.filter((memory) => isInScope(memory, scope));
  const blob = new Blob([JSON.stringify({ ...file, memories }, null, 2)], { type: "application/json" });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = `steward-memories-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
  return memories.length;
};
