import { escapeHidden } from "@steward/contract/visible-text";
import { wholeCharacters } from "../text/whole-characters.ts";
import { editDiff } from "./edit-diff.ts";

/** What is kept of a long text: enough of both ends to judge it; the whole of it is one request away. */
const HEAD_CHARACTERS = 2_400;
const TAIL_CHARACTERS = 800;
const HEAD_LINES = 40;
const TAIL_LINES = 20;
/** A plan is there to be read. */
const PLAN_CHARACTERS = 10_000;
const SUMMARY_CHARACTERS = 160;

/** The field that stands alone at the top, by tool. */
const LEADING_FIELD: Readonly<Record<string, string>> = {
  Bash: "command",
  Edit: "file_path",
  ExitPlanMode: "plan",
  NotebookEdit: "notebook_path",
  Read: "file_path",
  WebFetch: "url",
  WebSearch: "query",
  Write: "file_path",
};

/**
 * A call as a person can judge it: the telling field first, then the others by name. Bounded, what is left out in the
 * middle is counted; hidden characters stand as codes.
 */
export const renderCall = (toolName: string, input: unknown): { text: string; isCut: boolean } => {
  const fields = fieldsOf(input);
  const leading = LEADING_FIELD[toolName];
  const top = fields.filter(([name]) => name === leading).map(([, value]) => wordOf(value));
  const others = fields
    .filter(([name]) => name !== leading)
    .map(([name, value]) => `${name}: ${wordOf(value)}`);
  const text = [...top, ...others].join("\n");
  if (toolName === "ExitPlanMode" && text.length <= PLAN_CHARACTERS)
    return { text: escapeHidden(text), isCut: false };
  return bound(text);
};

/** What an edit changes, bounded and safe to show in the same way; null for anything else. */
export const renderDiff = (input: unknown): { text: string; isCut: boolean } | null => {
  const diff = editDiff(input);
  return diff === null ? null : bound(diff);
};

/** One line of it. */
export const summarizeCall = (toolName: string, input: unknown): string => {
  const fields = fieldsOf(input);
  const texts = fields.filter((field): field is [string, string] => typeof field[1] === "string");
  const leading = texts.find(([name]) => name === LEADING_FIELD[toolName]) ?? texts[0];
  const line = (leading?.[1] ?? (fields.length === 0 ? "" : JSON.stringify(input)))
    .slice(0, 4 * SUMMARY_CHARACTERS)
    .replace(/[ \t\n]+/g, " ")
    .trim();
  const shown = escapeHidden(
    line.length > SUMMARY_CHARACTERS ? wholeCharacters(line, 0, SUMMARY_CHARACTERS - 1) : line,
  );
  const bounded =
    shown.length > SUMMARY_CHARACTERS ? wholeCharacters(shown, 0, SUMMARY_CHARACTERS - 1) : shown;
  return bounded === line ? line : line.length > bounded.length ? `${bounded}…` : bounded;
};

const fieldsOf = (input: unknown): [string, unknown][] =>
  typeof input === "object" && input !== null ? Object.entries(input) : [["input", input]];

const wordOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value, null, 1) ?? "");

const bound = (text: string): { text: string; isCut: boolean } => {
  const lines = text.split("\n");
  const tooManyLines = lines.length > HEAD_LINES + TAIL_LINES;
  const head = tooManyLines ? lines.slice(0, HEAD_LINES).join("\n") : text;
  const tail = tooManyLines ? lines.slice(-TAIL_LINES).join("\n") : text;
  if (!tooManyLines && text.length <= HEAD_CHARACTERS + TAIL_CHARACTERS) {
    return { text: escapeHidden(text), isCut: false };
  }
  const start = wholeCharacters(head, 0, HEAD_CHARACTERS);
  const end = wholeCharacters(tail, Math.max(0, tail.length - TAIL_CHARACTERS), tail.length);
  const left = text.length - start.length - end.length;
  return { text: `${escapeHidden(start)}\n⟨… ${left} …⟩\n${escapeHidden(end)}`, isCut: true };
};

/** A text that is already safe to show, cut in its middle to at most `longest` characters. */
export const shorten = (text: string, longest: number): { text: string; isCut: boolean } => {
  if (text.length <= longest) return { text, isCut: false };
  const room = longest - ` ⟨… ${text.length} …⟩ `.length;
  const start = wholeCharacters(text, 0, Math.ceil((room * 3) / 4));
  const end = wholeCharacters(text, text.length - Math.floor(room / 4), text.length);
  return { text: `${start} ⟨… ${text.length - start.length - end.length} …⟩ ${end}`, isCut: true };
};
