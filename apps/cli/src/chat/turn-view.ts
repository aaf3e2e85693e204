import type { TurnHold } from "@steward/contract/holds";
import { translate } from "@steward/contract/messages";
import { applyText, type TurnEvent } from "@steward/contract/turn-events";
import { LANGUAGES } from "@steward/schema/enums";
import { describeCall, describeEnd, shortId } from "../approvals/describe-approval.ts";
import { describeHold } from "../brakes/describe-hold.ts";
import { harmless, harmlessLine } from "../terminal/harmless.ts";
import type { Style, Terminal } from "../terminal/terminal.ts";
import { formatBytes, formatDuration } from "../terminal/units.ts";

/** Shows one turn to a person as its events come in, or come in again after a reconnect. */
export interface TurnView {
  show(event: TurnEvent): void;
  /** Something about the turn that is no event of it (connection lost, stopping). */
  notice(text: string): void;
}

interface TurnViewOptions {
  /** The person is asked right here for approvals; otherwise they are told how to answer elsewhere. */
  readonly asks?: boolean;
}

/**
 * The answer goes to standard output, everything beside it to standard error, so that a pipe gets the answer alone.
 *
 * On a terminal the text appears as it grows. Into a pipe it is written once, at the end: a model may take back what it
 * streamed (a retry begins a block anew), and what was piped cannot be taken back.
 */
export function createTurnView(terminal: Terminal, { asks = false }: TurnViewOptions = {}): TurnView {
  const { stdout, stderr } = terminal;
  const live = stdout.isTTY === true;
  const liveNotes = stderr.isTTY === true;
  const oneScreen = live && liveNotes;

  /** The answer as the events have it, and how much of it stands on the terminal. */
  let text = "";
  let shown = "";
  /** Where the cursor is: behind unfinished text, behind a tool's line that waits for its outcome, else in column 0. */
  let textOpen = false;
  let openTool: string | null = null;
  let belowNote = false;
  let thinking = false;
  const tools = new Map<string, { label: string; finished: boolean }>();

  const dim = (line: string): string => terminal.style("stderr", "dim", line);

  const closeToolLine = (): void => {
    if (openTool === null) return;
    openTool = null;
    stderr.write("\n");
  };
  const beginNote = (): void => {
    closeToolLine();
    belowNote = oneScreen;
    if (oneScreen && textOpen) {
      textOpen = false;
      stderr.write("\n");
    }
  };
  const note = (line: string, style: Style = "dim"): void => {
    beginNote();
    terminal.note(terminal.style("stderr", style, line));
  };
  const writeText = (chunk: string): void => {
    if (chunk === "") return;
    closeToolLine();
    thinking = false;
    // The blank line that separates two blocks of text has no business under a tool's line.
    const visible = belowNote ? chunk.replace(/^\n+/, "") : chunk;
    if (visible === "") return;
    belowNote = false;
    stdout.write(harmless(visible));
    textOpen = !visible.endsWith("\n");
  };

  const grow = (blockOffset: number): void => {
    // A replay passes through text that already stands here.
    if (!live || shown.startsWith(text)) return;
    if (text.startsWith(shown)) {
      writeText(text.slice(shown.length));
    } else {
      note(terminal.say("cli.chat.superseded"));
      writeText(text.slice(blockOffset));
    }
    shown = text;
  };

  const startTool = (event: TurnEvent & { type: "tool_started" }): void => {
    if (tools.has(event.toolUseId)) return;
    const indent = event.parentToolUseId === null ? "" : "  ";
    const label = `${indent}⚙ ${harmlessLine(`${event.name} ${event.summary}`)}`;
    tools.set(event.toolUseId, { label, finished: false });
    thinking = false;
    if (!liveNotes) return;
    beginNote();
    stderr.write(dim(`${label} …`));
    openTool = event.toolUseId;
  };

  const finishTool = (event: TurnEvent & { type: "tool_finished" }): void => {
    const tool = tools.get(event.toolUseId);
    if (tool === undefined || tool.finished) return;
    tool.finished = true;
    const outcome = `${event.isError ? "✗" : "✓"} ${formatDuration(event.durationMs)}`;
    if (openTool === event.toolUseId) {
      openTool = null;
      stderr.write(`${dim(` ${outcome}`)}\n`);
    } else {
      note(`${tool.label} ${outcome}`);
    }
  };

  const showApproval = (event: TurnEvent & { type: "approval_requested" }): void => {
    note(terminal.say("cli.approvals.wanted", { tool: harmlessLine(event.toolName) }), "yellow");
    for (const line of describeCall(event)) terminal.note(line);
    const id = shortId(event.approvalId);
    if (event.isCut) terminal.note(`    ${terminal.say("cli.approvals.is_cut", { id })}`);
    if (asks) return;
    const key = event.kind === "question" ? "cli.approvals.how_to_answer" : "cli.approvals.how_to_allow";
    terminal.note(terminal.say(key, { id }));
  };

  const finishDone = (answer: string): void => {
    if (live) {
      // Several blocks may have been shown while the answer proper is the last one.
      if (!shown.trimEnd().endsWith(answer.trimEnd())) {
        text = answer;
        grow(0);
      }
      closeToolLine();
      if (textOpen) stdout.write("\n");
      textOpen = false;
    } else if (answer !== "") {
      closeToolLine();
      stdout.write(answer.endsWith("\n") ? answer : `${answer}\n`);
    }
    if (answer.trim() === "") note(terminal.say("turn.empty"));
  };

  const show = (event: TurnEvent): void => {
    switch (event.type) {
      case "queued":
        note(
          event.hold !== undefined
            ? holdNote(event.hold, terminal)
            : event.held
              ? terminal.say("cli.chat.held")
              : terminal.say("cli.chat.queued", { position: event.position }),
        );
        break;
      case "started":
        break;
      case "text":
        text = applyText(text, event);
        grow(event.offset);
        break;
      case "thinking":
        if (liveNotes && !thinking) note(terminal.say("cli.chat.thinking"));
        thinking = true;
        break;
      case "tool_started":
        startTool(event);
        break;
      case "tool_finished":
        finishTool(event);
        break;
      case "retrying":
        note(
          terminal.say("cli.chat.retrying", {
            reason: harmlessLine(event.reason),
            attempt: event.attempt,
            max: event.maxRetries,
            delay: formatDuration(event.delayMs),
          }),
        );
        break;
      case "compacting":
        note(terminal.say("cli.chat.compacting"));
        break;
      case "approval_requested":
        showApproval(event);
        break;
      case "approval_resolved":
        note(describeEnd(event, terminal));
        break;
      case "final":
        if (event.state === "done") finishDone(event.text);
        else note(harmless(withoutShown(event.text, shown)), "red");
        for (const { name, bytes, path } of event.files ?? []) {
          const params = { name: harmlessLine(name), size: formatBytes(bytes), path: harmlessLine(path) };
          note(terminal.say("cli.chat.file_sent", params));
        }
        break;
    }
  };

  return { show, notice: note };
}

const holdNote = (hold: TurnHold, terminal: Terminal): string => {
  const note = terminal.say("cli.chat.hold", { reason: describeHold(hold, terminal) });
  return hold.kind === "login" ? `${note} ${terminal.say("cli.chat.hold_login_next")}` : note;
};

/** The sentence about a turn that did not end well, without the partial text that already stands on the terminal. */
function withoutShown(told: string, shown: string): string {
  const partial = shown.trim();
  if (partial === "" || !told.includes(partial)) return told.trim();
  // The service words it in the chat's language, whatever the terminal's is.
  const introductions = LANGUAGES.map((language) => translate(language, "turn.partial"));
  return introductions.reduce((rest, each) => rest.replace(each, ""), told.replace(partial, "")).trim();
}
