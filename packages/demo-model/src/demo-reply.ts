import { type DemoToolName, demoTextsFor } from "./demo-text.ts";
import type { Conversation } from "./messages-api/index.ts";

export interface DemoReply {
  readonly text: string;
  /** How long each word takes to come. */
  readonly wordDelayMs: number;
  /** Called after the text; null: the text is the whole answer. */
  readonly tool: { readonly name: string; readonly input: Record<string, unknown> } | null;
}

export interface DemoQuestion {
  readonly conversation: Conversation;
  /** The tools this request offers. */
  readonly toolNames: readonly string[];
}

/** Decides what the demo model answers. Pure: the same question has the same answer. */
export type ReplyScript = (question: DemoQuestion) => DemoReply;

const NATURAL_MS = 30;
const BRISK_MS = 8;
const SLOW_MS = 600;

const COMMANDS: Readonly<Record<DemoToolName, string>> = {
  tool: "date",
  approval: "touch steward-demo.txt",
};

type Directive = DemoToolName | "long" | "slow";

const CHINESE_DIRECTIVES: Readonly<Record<string, Directive>> = {
  工具: "tool",
  审批: "approval",
  长文: "long",
  慢: "slow",
};

export const demoReply: ReplyScript = ({ conversation, toolNames }) => {
  const prompt = conversation.current.text;
  const texts = demoTextsFor(prompt);
  const say = (text: string, wordDelayMs = NATURAL_MS): DemoReply => ({ text, wordDelayMs, tool: null });

  const lastRound = conversation.rounds.at(-1);
  if (lastRound !== undefined) return say(texts.afterTool(lastRound, conversation.steering));
  const directive = readDirective(prompt);
  switch (directive) {
    case "tool":
    case "approval": {
      if (!toolNames.includes("Bash")) return say(texts.withoutBash());
      const tool = {
        name: "Bash",
        input: { command: COMMANDS[directive], description: `Demo: ${directive}` },
      };
      return { ...say(texts.beforeTool(directive)), tool };
    }
    case "long":
      return say(texts.long(), BRISK_MS);
    case "slow":
      return say(texts.slow(), SLOW_MS);
    default:
      return say(texts.echo(conversation));
  }
};

/** `demo tool`, `演示工具`: without a slash, because those are the CLI's and the bot's. */
function readDirective(prompt: string): Directive | null {
  const english = /^\s*demo\s+(tool|approval|long|slow)\b/i.exec(prompt)?.[1]?.toLowerCase();
  if (english === "tool" || english === "approval" || english === "long" || english === "slow")
    return english;
  const chinese = /^\s*演示\s*(工具|审批|长文|慢)/.exec(prompt)?.[1];
  return chinese === undefined ? null : (CHINESE_DIRECTIVES[chinese] ?? null);
}
