import type { ContentBlock, Message } from "./messages-request.ts";

/** What a person (or a program in their place) said at once. */
export interface Prompt {
  readonly text: string;
  /** How many images or documents came with it. */
  readonly attachments: number;
}

export interface ToolRound {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Null until its result is in the conversation. */
  readonly result: { readonly text: string; readonly isError: boolean } | null;
}

export interface Conversation {
  /** What a compaction left of everything before `earlier`. */
  readonly summary: string | null;
  /** Everything said before `current`, oldest first, what was said while tools ran included. */
  readonly earlier: readonly Prompt[];
  /** What has to be answered now. Empty text when the messages hold no words of a person. */
  readonly current: Prompt;
  /** The tools called since `current`, in order. */
  readonly rounds: readonly ToolRound[];
  /** What was said while the tools since `current` ran. */
  readonly steering: readonly string[];
}

/** Begins the CLI's request for a summary. The machine says it, not a person. */
export const COMPACTION_REQUEST = "CRITICAL: Respond with TEXT ONLY.";

const INTERRUPT_NOTICE = "[Request interrupted by user";

/** What the CLI itself writes into user messages: reminders, and the traces of its slash commands. */
const MACHINE_TEXT = /^\s*<(system-reminder|local-command-\w+|command-(name|message|args))>/;

const CONTINUATION =
  /^This session is being continued from a previous conversation that ran out of context\.[^\n]*\n+([\s\S]*)/;

/** What the CLI puts around the summary itself. */
const CONTINUATION_FRAME =
  /<system-reminder>[\s\S]*?<\/system-reminder>|^Summary:\n|\n\nIf you need specific details from before compaction[\s\S]*$/gm;

const STEERING =
  /The user sent a new message while you were working:\n([\s\S]*?)(?:\n\n(?:IMPORTANT: After completing|This is how Claude Code surfaces)[\s\S]*)?$/;

const SAID_KINDS = ["image", "document"];

/**
 * Reads who said what out of a CLI's message history. Some of its habits make that more than "the last message":
 * reminders and listings travel as extra text blocks and `system` entries; after an interrupt the next prompt is
 * merged into the message with the tool's result; words typed during a tool loop arrive as a `system` entry; a
 * compaction puts one long text in the place of all that was said.
 */
export function readConversation(messages: readonly Message[]): Conversation {
  const reader = createReader();
  for (const message of messages) {
    reader.endPrompt();
    for (const block of message.content) reader.read(message.role, block);
  }
  return reader.finish();
}

function createReader() {
  const said: Prompt[] = [];
  let summary: string | null = null;
  let current: Prompt | null = null;
  let isOpen = false;
  let rounds: ToolRound[] = [];
  let steering: string[] = [];

  /** A text or image that follows another one of the same message belongs to the same prompt. */
  const hear = (text: string, attachments: number): void => {
    if (isOpen && current !== null) {
      const joined = [current.text, text].filter((part) => part !== "").join("\n");
      current = { text: joined, attachments: current.attachments + attachments };
      return;
    }
    if (current !== null) said.push(current);
    said.push(...steering.map((late) => ({ text: late, attachments: 0 })));
    current = { text, attachments };
    isOpen = true;
    rounds = [];
    steering = [];
  };

  const readUserText = (text: string): void => {
    if (text.startsWith(INTERRUPT_NOTICE)) {
      isOpen = false;
      return;
    }
    if (text.startsWith(COMPACTION_REQUEST) || MACHINE_TEXT.test(text)) return;
    const continued = CONTINUATION.exec(text)?.[1];
    if (continued === undefined) hear(text, 0);
    else summary = continued.replaceAll(CONTINUATION_FRAME, "").trim();
  };

  return {
    endPrompt: (): void => {
      isOpen = false;
    },
    read: (role: Message["role"], block: ContentBlock): void => {
      if (block.type === "tool_use") {
        rounds.push({ id: block.id, name: block.name, input: block.input, result: null });
      } else if (block.type === "tool_result") {
        const result = { text: block.text, isError: block.isError };
        rounds = rounds.map((round) => (round.id === block.toolUseId ? { ...round, result } : round));
      } else if (role === "user") {
        if (block.type === "text") readUserText(block.text);
        else if (SAID_KINDS.includes(block.kind)) hear("", 1);
      } else if (role === "system" && block.type === "text") {
        const late = STEERING.exec(block.text)?.[1];
        if (late !== undefined) steering.push(late.trim());
      }
    },
    finish: (): Conversation => ({
      summary,
      earlier: said,
      current: current ?? { text: "", attachments: 0 },
      rounds,
      steering,
    }),
  };
}
