import type { InlineKeyboardMarkup } from "@grammyjs/types";
import { renderRichText } from "./render-rich-text.ts";
import type { Transcript, TranscriptDraft, TranscriptMessage } from "./transcript.ts";

/** Long texts and long edit histories are cut in the middle; `full` shows them whole. */
export interface RenderOptions {
  full?: boolean;
}

interface Line {
  atMs: number;
  text: string;
}

const MAX_TEXT_UNITS = 700;
const MAX_EDITS = 6;

/**
 * A chat as text for human eyes, in order of time:
 *
 * ```text
 * ── private 5100000001 · Alice with @steward_bot ──
 * +0.000s  #1 Alice: hello
 * +0.004s  · typing
 * +0.012s  #2 @steward_bot ↩1 silent: Working…
 *            ✎ +1.020s Working… 0:01
 *            ✎ +2.031s **Done.** It is `42`.
 *            [Stop|stop:7] [Docs → https://example.org/]
 *            ♡ 👀 by 5100000001
 * ```
 */
export function renderTranscript(transcript: Transcript, options: RenderOptions = {}): string {
  const { chat, messages, actions, drafts, presses } = transcript;
  const startMs = Math.min(...messages.map(({ atMs }) => atMs), ...actions.map(({ atMs }) => atMs));
  const clock = (atMs: number) => `+${((atMs - startMs) / 1000).toFixed(3)}s`;
  const lines: Line[] = [
    ...messages.map((message) => ({ atMs: message.atMs, text: renderMessage(message, clock, options) })),
    ...actions.map(({ atMs, action, threadId }) => ({ atMs, text: `· ${action}${inThread(threadId)}` })),
    ...drafts.map((draft) => ({ atMs: draft.versions[0]?.atMs ?? startMs, text: renderDraft(draft, clock) })),
    ...presses.map((press) => ({
      atMs: press.pressedAtMs,
      text: `☞ ${press.user.first_name} pressed ${press.data} on #${press.message.id}${
        press.answer === undefined
          ? " (no answer yet)"
          : ` → answered "${press.answer.text}" ${clock(press.answer.atMs)}`
      }`,
    })),
  ];
  const sorted = lines.sort((a, b) => a.atMs - b.atMs);
  const heading = `── ${chat.type} ${chat.id} · ${chat.title} ──`;
  return [heading, ...sorted.map(({ atMs, text }) => `${clock(atMs)}  ${text}`)].join("\n");
}

const inThread = (threadId: number | undefined) => (threadId === undefined ? "" : ` in topic ${threadId}`);

function renderMessage(
  message: TranscriptMessage,
  clock: (atMs: number) => string,
  options: RenderOptions,
): string {
  const [first, ...edits] = message.versions;
  const marks = [
    message.replyTo === undefined ? "" : ` ↩${message.replyTo}`,
    message.quote === undefined ? "" : ` “${message.quote}”`,
    inThread(message.threadId),
    message.silent ? " silent" : "",
  ].join("");
  const body = [renderContent(message), renderRichText(first?.text ?? "", first?.entities ?? [])]
    .filter((part) => part !== "")
    .join(" ");
  return [
    `#${message.id} ${message.from.name}${marks}: ${indent(shorten(body, options))}`,
    ...renderEdits(edits, clock, options),
    ...renderKeyboard(message.replyMarkup),
    ...(message.inputKeyboard === undefined ? [] : [`⌨ ${JSON.stringify(message.inputKeyboard)}`]),
    ...message.reactions.map(
      ({ actorId, reaction }) => `♡ ${"emoji" in reaction ? reaction.emoji : reaction.type} by ${actorId}`,
    ),
    ...(message.deletedAtMs === undefined ? [] : [`✗ deleted ${clock(message.deletedAtMs)}`]),
  ].join("\n           ");
}

function renderEdits(
  edits: TranscriptMessage["versions"],
  clock: (atMs: number) => string,
  options: RenderOptions,
): string[] {
  const lines = edits.map(
    ({ atMs, text, entities }) =>
      `✎ ${clock(atMs)} ${indent(shorten(renderRichText(text, entities), options))}`,
  );
  if (options.full === true || lines.length <= MAX_EDITS) return lines;
  const left = lines.length - MAX_EDITS;
  return [...lines.slice(0, MAX_EDITS / 2), `… ${left} more edits …`, ...lines.slice(-MAX_EDITS / 2)];
}

function renderContent({ media, extra }: TranscriptMessage): string {
  const files = media?.files
    .map(({ name, sizeBytes }) => `${name ?? "unnamed"}, ${sizeBytes} bytes`)
    .join("; ");
  const parts = [
    media === undefined ? "" : `[${media.kind}: ${files}]`,
    ...Object.entries(extra).map(([name, value]) => `{${name}: ${JSON.stringify(value)}}`),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function renderKeyboard(markup: InlineKeyboardMarkup | undefined): string[] {
  return (markup?.inline_keyboard ?? []).map((row) =>
    row
      .map((button) => {
        if ("callback_data" in button) return `[${button.text}|${button.callback_data}]`;
        return "url" in button ? `[${button.text} → ${button.url}]` : `[${button.text}]`;
      })
      .join(" "),
  );
}

function renderDraft(draft: TranscriptDraft, clock: (atMs: number) => string): string {
  const last = draft.versions.at(-1);
  const until = last === undefined ? "" : ` until ${clock(last.atMs)}`;
  const frames = `${draft.versions.length} frames${until}, ${draft.state}`;
  return `✍ draft ${draft.draftId}${inThread(draft.threadId)} (${frames}): ${indent(draft.text)}`;
}

function shorten(text: string, { full = false }: RenderOptions): string {
  if (full || text.length <= MAX_TEXT_UNITS) return text;
  const half = MAX_TEXT_UNITS / 2;
  return `${text.slice(0, half)} … ${text.length - MAX_TEXT_UNITS} more … ${text.slice(-half)}`;
}

const indent = (text: string) => text.replaceAll("\n", "\n             ");
