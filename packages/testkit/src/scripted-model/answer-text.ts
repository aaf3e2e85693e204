import type { Conversation } from "@steward/demo-model/messages-api";
import type { Step } from "./directives.ts";

/** The default answer: what was said, and how many prompts came before it in this conversation. */
export function echoText(prompt: string, earlierPrompts: number): string {
  return `echo: ${prompt}\n(earlier prompts: ${earlierPrompts})`;
}

/**
 * The answer to RECALL: every earlier prompt in this request, and the summary in the place of those that were
 * compacted. It shows what a conversation really contains.
 */
export function recallText(earlier: readonly string[], summary: string | null = null): string {
  const lines = earlier.map((text, index) => `${index + 1}. ${onOneLine(text)}`);
  const before = summary === null ? [] : [`summary: ${onOneLine(summary)}`];
  return [`recall: ${earlier.length}`, ...before, ...lines].join("\n");
}

function onOneLine(text: string): string {
  return text.trim().replaceAll("\n", " ⏎ ");
}

/** The default answer after tools have run: what each of them gave back. */
export function toolResultText(conversation: Conversation): string {
  const lines = conversation.rounds.map(({ name, result }) => {
    if (result === null) return `${name}: no result`;
    return `${name}${result.isError ? " (error)" : ""}: ${result.text}`;
  });
  return [...lines, ...conversation.steering.map((text) => `heard meanwhile: ${text}`)].join("\n");
}

/** The pieces in which an answer is streamed; none when it has no text (a bare tool call). */
export function answerChunks(step: Step, conversation: Conversation): readonly string[] {
  const text = answerText(step, conversation);
  if (text === null) return [];
  if (step.slow !== null && step.say === null && step.padChars === 0 && !step.recall) {
    const { chunks } = step.slow;
    return Array.from({ length: chunks }, (_, index) => `chunk ${index + 1} of ${chunks}\n`);
  }
  return splitInto(text, step.slow?.chunks ?? (needsMiddle(step) ? 2 : 1));
}

function answerText(step: Step, conversation: Conversation): string | null {
  if (step.recall) {
    const earlier = conversation.earlier.map((prompt) => prompt.text);
    return recallText(earlier, conversation.summary);
  }
  if (step.padChars > 0) return (step.say ?? "") + padding(step.padChars - (step.say ?? "").length);
  if (step.say !== null) return step.say;
  if (step.tool !== null) return null;
  if (conversation.rounds.length > 0) return toolResultText(conversation);
  return echoText(conversation.current.text.trim(), conversation.earlier.length);
}

/** A stream that stops in its middle needs something before and after it. */
function needsMiddle(step: Step): boolean {
  return step.gate !== null || step.fault !== null;
}

/** Numbered lines, so that a missing or doubled piece shows. */
function padding(length: number): string {
  let text = "";
  for (let line = 1; text.length < length; line++) text += `line ${line} of the padding\n`;
  return text.slice(0, Math.max(0, length));
}

function splitInto(text: string, pieces: number): readonly string[] {
  const points = [...text];
  const size = Math.max(1, Math.ceil(points.length / pieces));
  const chunks: string[] = [];
  for (let start = 0; start < points.length; start += size) {
    chunks.push(points.slice(start, start + size).join(""));
  }
  return chunks;
}
