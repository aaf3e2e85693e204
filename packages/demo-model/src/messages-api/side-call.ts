import { COMPACTION_REQUEST, readConversation } from "./conversation.ts";
import type { MessagesRequest } from "./messages-request.ts";

/** A request the CLI makes on its own account, and a valid answer to it. */
export interface SideCall {
  readonly kind: "title" | "compaction";
  readonly answer: string;
}

const LONGEST_TITLE_CHARS = 60;

/**
 * Recognises the CLI's own requests. They must not be mistaken for a turn, and a wrong answer makes the CLI ask
 * again. Null for a turn.
 *
 * - `title`: 2.1.197 without `CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC` asks for `{"title":"…"}` before each turn.
 * - `compaction`: both versions ask for a `<summary>` when the context is full, or on `/compact`.
 */
export function recogniseSideCall(request: MessagesRequest): SideCall | null {
  const title = answerTitle(request);
  if (title !== null) return { kind: "title", answer: title };
  if (lastUserText(request).startsWith(COMPACTION_REQUEST)) {
    return { kind: "compaction", answer: answerCompaction(request) };
  }
  return null;
}

function answerTitle(request: MessagesRequest): string | null {
  const properties = request.outputSchema?.properties;
  if (typeof properties !== "object" || properties === null || !("title" in properties)) return null;
  const said = lastUserText(request);
  const session = /<session>\s*([\s\S]*?)\s*<\/session>/.exec(said)?.[1] ?? said;
  const title = [...session.replaceAll(/\s+/g, " ").trim()].slice(0, LONGEST_TITLE_CHARS).join("");
  return JSON.stringify({ title: title === "" ? "Untitled" : title });
}

/** Keeps what a summary without a model can keep: the words of the person. */
function answerCompaction(request: MessagesRequest): string {
  const { earlier, current, summary } = readConversation(request.messages);
  const prompts = [...earlier, current].filter((prompt) => prompt.text !== "");
  const lines = prompts.map((prompt) => `- ${prompt.text.trim()}`);
  const before = summary === null ? [] : [summary];
  return [
    "<analysis>\nListing what was said.\n</analysis>\n\n<summary>",
    ...before,
    "What was said so far:",
    ...lines,
    "</summary>",
  ].join("\n");
}

function lastUserText(request: MessagesRequest): string {
  const last = request.messages.findLast((message) => message.role === "user");
  const texts = last?.content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  return texts?.at(-1)?.trimStart() ?? "";
}
