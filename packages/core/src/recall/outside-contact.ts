import type { AccessRole, TurnSource } from "@steward/schema/enums";
import { quotesOthers } from "../inbox/prompt-of.ts";

/** By what a turn may carry words of somebody whom nobody has let in. */
export type OutsideContact = "door" | "sender" | "quotation" | "file" | "tool" | "background";

/** What a turn's prompt is made of, as far as its origin is concerned. */
export interface PromptOrigin {
  source: TurnSource;
  prompt: string;
  fileIds: readonly string[];
}

/**
 * Doors whose prompts are the owner's own words, or those of a person whom `sender` judges. All others (the gateway of
 * other programs, timers, work in the background, MCP clients) hand in what may have come from anywhere.
 */
const DOORS_OF_PEOPLE: ReadonlySet<TurnSource> = new Set(["telegram", "web", "cli"]);

/** Whoever holds the API's token is the owner: these doors name no person. */
const DOORS_OF_THE_OWNER: ReadonlySet<TurnSource> = new Set(["web", "cli"]);

/**
 * Tools that bring in nothing that anybody else may have written: bookkeeping of the agent's own, questions to the person
 * themself, what it writes, and our own memory (accepted ones only are shown to it). All others count as contact with the
 * outside, also those that nobody has heard of yet; reading files and the chat's history included, since both may quote
 * anything.
 */
const INSIDE_TOOLS: ReadonlySet<string> = new Set([
  "AskUserQuestion",
  "EnterPlanMode",
  "ExitPlanMode",
  "TaskCreate",
  "TaskGet",
  "TaskList",
  "TaskUpdate",
  "TodoWrite",
  "ToolSearch",
  "Write",
  "mcp__steward__add_memory",
  "mcp__steward__delete_memory",
  "mcp__steward__list_memories",
  "mcp__steward__search_memory",
  "mcp__steward__update_memory",
]);

export const isOutsideTool = (name: string): boolean => !INSIDE_TOOLS.has(name);

/** @param role what the sender is to the bot; null = not one of its people */
export const contactsOfPrompt = (origin: PromptOrigin, role: AccessRole | null): OutsideContact[] => [
  ...(DOORS_OF_PEOPLE.has(origin.source) ? [] : (["door"] as const)),
  ...(role !== null || DOORS_OF_THE_OWNER.has(origin.source) ? [] : (["sender"] as const)),
  ...(quotesOthers(origin.prompt) ? (["quotation"] as const) : []),
  ...(origin.fileIds.length > 0 ? (["file"] as const) : []),
];
