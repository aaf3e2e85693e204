import { cleanText } from "../formatting/clean-text.ts";
import {
  type FormattedText,
  joinFormatted,
  MAX_ENTITIES,
  MAX_TEXT_UNITS,
  sliceFormatted,
} from "../formatting/formatted-text.ts";
import { nextCharacterStart } from "../formatting/graphemes.ts";
import { markdownTail } from "../formatting/markdown-tail.ts";
import { renderMarkdown } from "../formatting/render.ts";
import type { StatusState, StatusWords } from "./status-words.ts";
import { summarizeTool } from "./summarize-tool.ts";

export type { StatusState, StatusWords } from "./status-words.ts";

export interface StatusTool {
  name: string;
  /** The tool's input, or a summary of it. */
  summary: unknown;
  finished: boolean;
  isError: boolean;
}

export interface StatusView {
  state: StatusState;
  /** Since the turn began. */
  elapsedMs: number;
  /** All tool calls of the turn, oldest first. */
  tools: readonly StatusTool[];
  /** What the person is to know or do now: one sentence of plain text. */
  note?: string | null;
  /** The answer as far as it has grown, Markdown. */
  text: string;
  /** The model is being asked again. */
  retry?: { attempt: number; maxRetries: number; delayMs: number } | null;
  /** For `queued`: 1 = next. */
  queuePosition?: number | null;
  /** For `queued`: why the queue stands still, in words, when that is not its own doing. */
  heldBy?: string | null;
  /** 0: the state alone. 1, the default: the latest tools and the text. 2: all tools, folded. */
  verbosity?: 0 | 1 | 2;
  /** What the model thinks, as far as it is to be shown; folded. */
  thinking?: string;
  words: StatusWords;
}

/** Tool lines shown: fewer once there is text to read. */
const TOOL_LINES_ALONE = 5;
const TOOL_LINES_WITH_TEXT = 3;
/** Of all of them, as many as this leaves room for. */
const TOOL_UNITS_FOLDED = 1_200;
/** Room for what the model thinks: its end. */
const THINKING_UNITS = 700;
/** Markdown looked at per frame: more than a message holds, little enough to render in a few milliseconds. */
const TAIL_UNITS = 2 * MAX_TEXT_UNITS;

/**
 * What the status message shows: a line of state, elapsed time and tool count; the latest tools as a quote; and the text
 * so far, or as much of its end as fits. At most 4096 units and 100 entities.
 */
export function renderStatus(view: StatusView): FormattedText {
  const { verbosity = 1, thinking = "", note } = view;
  const blocks = [
    plain(headLine(view)),
    verbosity === 0 ? plain("") : toolLines(view),
    folded(thinking === "" ? plain("") : endOf(thinking, THINKING_UNITS)),
    plain(note ?? ""),
  ].filter(({ text }) => text !== "");
  const above = joinLines(blocks);
  if (verbosity === 0) return above;
  const separator = plain("\n\n");
  const body = tailOf(
    renderMarkdown(markdownTail(view.text, TAIL_UNITS)),
    MAX_TEXT_UNITS - above.text.length - separator.text.length,
    MAX_ENTITIES - above.entities.length,
    view.text.length > TAIL_UNITS,
  );
  return body.text === "" ? above : joinFormatted([above, separator, body]);
}

/** Minutes and seconds, with hours when there are any: "0:42", "1:02:03". */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.max(Math.floor(elapsedMs / 1000), 0);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

function headLine({ state, elapsedMs, tools, retry, queuePosition, heldBy, words }: StatusView): string {
  if (state === "queued") return heldBy ?? words.queued(queuePosition ?? null);
  const line = retry
    ? words.retrying(retry.attempt, retry.maxRetries, Math.ceil(retry.delayMs / 1000))
    : words.states[state];
  const parts = [`${line} ${formatElapsed(elapsedMs)}`];
  if (tools.length > 0) parts.push(words.tools(tools.length));
  return parts.join(" · ");
}

/**
 * A quote sets the lines apart from the answer; the detail is code, because Telegram would make links of file names
 * (`README.md`) and commands of paths.
 */
function toolLines({ tools, text, verbosity, words }: StatusView): FormattedText {
  if (verbosity === 2) return folded(joinLines(fittingLines(tools, words)));
  const most = text.trim() === "" ? TOOL_LINES_ALONE : TOOL_LINES_WITH_TEXT;
  return quoted(joinLines(tools.slice(-most).map(toolLine)), "blockquote");
}

function toolLine({ name, summary, finished, isError }: StatusTool): FormattedText {
  const { icon, label, detail } = summarizeTool(name, summary);
  const start = plain(detail === "" ? `${icon} ${label}` : `${icon} ${label} `);
  const mark = plain(isError ? " ✗" : finished ? "" : " …");
  const code = { type: "code" as const, offset: 0, length: detail.length };
  return joinFormatted([start, { text: detail, entities: detail === "" ? [] : [code] }, mark]);
}

/** The latest lines that fit, below a word about the others. */
function fittingLines(tools: readonly StatusTool[], words: StatusWords): FormattedText[] {
  const lines: FormattedText[] = [];
  let units = 0;
  for (const tool of tools.toReversed()) {
    const line = toolLine(tool);
    units += line.text.length + 1;
    if (units > TOOL_UNITS_FOLDED) break;
    lines.unshift(line);
  }
  return lines.length === tools.length ? lines : [plain(words.hidden(tools.length - lines.length)), ...lines];
}

const joinLines = (lines: readonly FormattedText[]): FormattedText =>
  joinFormatted(lines.flatMap((line, i) => (i === 0 ? [line] : [plain("\n"), line])));

/** A quote of which a phone shows three lines until it is tapped. */
const folded = (content: FormattedText): FormattedText => quoted(content, "expandable_blockquote");

function quoted(content: FormattedText, type: "blockquote" | "expandable_blockquote"): FormattedText {
  const { text, entities } = content;
  return text === "" ? content : { text, entities: [{ type, offset: 0, length: text.length }, ...entities] };
}

/** The end of plain text, from the beginning of a character on, marked with `…`. */
function endOf(text: string, maxUnits: number): FormattedText {
  const clean = cleanText(text).trim();
  return plain(
    clean.length <= maxUnits ? clean : `…${clean.slice(nextCharacterStart(clean, clean.length - maxUnits))}`,
  );
}

/** The end of a text within the limits, from the beginning of a line where there is one near, marked with `…`. */
function tailOf(
  source: FormattedText,
  maxUnits: number,
  maxEntities: number,
  wasCut: boolean,
): FormattedText {
  const { text, entities } = source;
  const firstAllowed = entities.length > maxEntities ? (entities.at(-maxEntities)?.offset ?? 0) : 0;
  if (text === "" || (!wasCut && text.length <= maxUnits && firstAllowed === 0)) return source;
  const mark = "…\n";
  const earliest = Math.max(text.length - (maxUnits - mark.length), firstAllowed, 0);
  const from =
    earliest === 0 ? 0 : (nearLineStart(text, earliest, maxUnits / 2) ?? nextCharacterStart(text, earliest));
  const tail = sliceFormatted(source, from, text.length);
  return joinFormatted([plain(mark), { text: tail.text, entities: tail.entities.slice(-maxEntities) }]);
}

function nearLineStart(text: string, at: number, within: number): number | null {
  const lineFeed = text.indexOf("\n", at - 1);
  return lineFeed === -1 || lineFeed - at > within ? null : lineFeed + 1;
}

const plain = (text: string): FormattedText => ({ text, entities: [] });
