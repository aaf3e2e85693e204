import { cleanText } from "../formatting/clean-text.ts";
import { graphemesOf, truncate } from "../formatting/graphemes.ts";
import { revealHidden, stripDirectionMarks } from "../formatting/visible-text.ts";

/** One tool call in one line: "📖 Read src/a.ts". `detail` may be empty. */
export interface ToolSummary {
  icon: string;
  label: string;
  detail: string;
}

interface ToolLook {
  icon: string;
  /** Fields of the input that tell what it is about, the first present one wins. */
  fields: readonly string[];
}

/** Claude Code's own tools, by name. */
const LOOKS: Readonly<Record<string, ToolLook>> = {
  Read: { icon: "📖", fields: ["file_path"] },
  Write: { icon: "📝", fields: ["file_path"] },
  Edit: { icon: "✏️", fields: ["file_path"] },
  MultiEdit: { icon: "✏️", fields: ["file_path"] },
  NotebookEdit: { icon: "📓", fields: ["notebook_path"] },
  Bash: { icon: "⚙️", fields: ["command"] },
  BashOutput: { icon: "⚙️", fields: ["bash_id"] },
  TaskOutput: { icon: "⚙️", fields: ["task_id"] },
  KillShell: { icon: "🛑", fields: ["shell_id"] },
  TaskStop: { icon: "🛑", fields: ["task_id", "shell_id"] },
  Grep: { icon: "🔎", fields: ["pattern"] },
  Glob: { icon: "🔎", fields: ["pattern"] },
  LS: { icon: "📂", fields: ["path"] },
  WebFetch: { icon: "🌐", fields: ["url"] },
  WebSearch: { icon: "🌐", fields: ["query"] },
  Task: { icon: "🤖", fields: ["description", "subagent_type"] },
  Agent: { icon: "🤖", fields: ["description", "subagent_type"] },
  Skill: { icon: "🎓", fields: ["skill", "command"] },
  SlashCommand: { icon: "🎓", fields: ["command"] },
  TodoWrite: { icon: "📋", fields: ["todos"] },
  TaskCreate: { icon: "📋", fields: ["subject"] },
  TaskUpdate: { icon: "📋", fields: ["subject", "taskId"] },
  AskUserQuestion: { icon: "❓", fields: ["questions"] },
  ExitPlanMode: { icon: "🗺", fields: ["plan"] },
};

const MCP_TOOL = /^mcp__(.+?)__(.+)$/;
/** Together with icon and label about what a phone shows on one line. */
const MAX_DETAIL_UNITS = 48;
const MAX_LABEL_UNITS = 40;

/**
 * What a tool call is about, in a few words and safe to show: one line, invisible characters written out, direction
 * marks removed. `input` is the tool's input, or a summary of it that was already made.
 */
export function summarizeTool(name: string, input: unknown): ToolSummary {
  const look = Object.hasOwn(LOOKS, name) ? LOOKS[name] : undefined;
  const mcp = MCP_TOOL.exec(name);
  const detail = tellingPart(name, input, look?.fields ?? []);
  return {
    icon: look?.icon ?? (mcp ? "🔌" : "🔧"),
    label: truncate(oneLine(mcp ? `${mcp[1]}: ${mcp[2]}` : name), MAX_LABEL_UNITS),
    detail: isPath(detail) ? shortenPath(detail) : truncate(detail, MAX_DETAIL_UNITS),
  };
}

function tellingPart(name: string, input: unknown, fields: readonly string[]): string {
  if (typeof input === "string") return oneLine(input);
  if (typeof input !== "object" || input === null) return "";
  const values = input as Readonly<Record<string, unknown>>;
  if (name === "TodoWrite") return todoProgress(values.todos);
  for (const field of fields) {
    const text = firstText(values[field]);
    if (text !== "") return oneLine(text);
  }
  // A tool we do not know: its first text says most.
  return fields.length > 0
    ? ""
    : oneLine(
        Object.values(values)
          .map(firstText)
          .find((text) => text !== "") ?? "",
      );
}

/** The text itself, or that of the first question of a list. */
function firstText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  const first: unknown = value[0];
  return typeof first === "object" && first !== null && "question" in first ? firstText(first.question) : "";
}

/** "3/7 Write the tests": how many are done, and which one is being worked on. */
function todoProgress(todos: unknown): string {
  if (!Array.isArray(todos)) return "";
  const items = todos.filter((item: unknown) => typeof item === "object" && item !== null) as {
    status?: unknown;
    content?: unknown;
  }[];
  const done = items.filter((item) => item.status === "completed").length;
  const current = items.find((item) => item.status === "in_progress")?.content;
  return oneLine(`${done}/${items.length} ${typeof current === "string" ? current : ""}`);
}

/** Cut roughly before the thorough cleaning: a tool's input may be megabytes. */
function oneLine(text: string): string {
  const line = stripDirectionMarks(text.slice(0, 1000)).replace(/\s+/g, " ").trim();
  return cleanText(revealHidden(line));
}

const isPath = (text: string): boolean => /^(?:[~.]{0,2}|[\w@.-]+)\/\S*$/.test(text);

/** The end of a path says more than its beginning. */
function shortenPath(path: string): string {
  if (path.length <= MAX_DETAIL_UNITS) return path;
  const segments = path.split("/");
  let end = "";
  for (let segment = segments.pop(); segment !== undefined; segment = segments.pop()) {
    if (end.length + segment.length + 3 > MAX_DETAIL_UNITS) break;
    end = `/${segment}${end}`;
  }
  if (end !== "") return `…${end}`;
  const name = [...graphemesOf(path)];
  return `…${name.slice(-(MAX_DETAIL_UNITS - 1)).join("")}`;
}
