import type { Approval, ApprovalQuestion } from "@steward/contract/approvals";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Language } from "@steward/schema/enums";
import { shorten } from "./render-call.ts";
import { shortSpan } from "./words-for-the-agent.ts";

/** What was asked, beside its answer. */
const ANSWERED_CHARACTERS = 300;

/** A pending approval as a chat shows it. Markdown; what the agent wrote stands in fences, or is text that cannot pose as ours. */
export const wordQuestion = (approval: Approval, language: Language): string => {
  const say = sayIn(language);
  const time = shortSpan(approval.expiresAt - approval.createdAt);
  if (approval.kind === "question") return wordAsked(approval, say, time);
  const { reason, rule } = approval;
  const words = approval.kind === "plan" ? "question.words_plan" : "question.words_tool";
  return paragraphs(
    approval.kind === "plan"
      ? say("question.plan")
      : say("question.tool", { tool: inline(approval.toolName) }),
    bodyOf(approval),
    reason !== null && approval.kind === "tool" && say("question.reason", { reason: plainLine(reason) }),
    rule !== null && say("question.rule", { rule: inline(rule) }),
    approval.isCut && say("question.cut", { id: approval.id }),
    say(words, { time }),
  );
};

/** How it ended, above what was asked: a chat can be scrolled back to see what was allowed. */
export const wordEnd = (approval: Approval, language: Language, by: string): string =>
  paragraphs(outcomeOf(approval, language, by), approval.kind === "question" ? null : bodyOf(approval));

type Say = (key: MessageKey, params?: Record<string, string | number>) => string;
const sayIn =
  (language: Language): Say =>
  (key, params) =>
    translate(language, key, params);

const wordAsked = ({ id, questions, draft, isCut }: Approval, say: Say, time: string): string => {
  const count = questions?.length ?? 0;
  const index = Math.min(draft?.question ?? 0, Math.max(count - 1, 0));
  const asked = questions?.[index];
  const done = (questions ?? []).slice(0, index).map((each, n) => answered(each, draft?.chosen[n] ?? []));
  if (asked === undefined) return say("question.words_question", { time });
  const header = plainLine(asked.header || say("question.header"));
  return paragraphs(
    ...done,
    `❓ **${header}**${count > 1 ? ` (${index + 1}/${count})` : ""}`,
    plain(asked.question),
    asked.options.map((option, n) => wordOption(option, n)).join("\n"),
    asked.multiSelect && say("question.several"),
    isCut && say("question.cut", { id }),
    say("question.words_question", { time }),
  );
};

const wordOption = ({ label, description }: ApprovalQuestion["options"][number], index: number): string => {
  const text = `${index + 1}. **${plainLine(label)}**`;
  return description === "" ? text : `${text} – ${plainLine(description)}`;
};

const answered = ({ question }: ApprovalQuestion, chosen: readonly string[]): string =>
  `✔️ ${plainLine(shortened(question))}\n**${plainLine(shortened(chosen.join(", ")))}**`;

const shortened = (text: string): string => shorten(text, ANSWERED_CHARACTERS).text;

const outcomeOf = (approval: Approval, language: Language, by: string): string => {
  const { kind, state, decision, message, expiresAt, createdAt, decidedAt } = approval;
  const say = sayIn(language);
  const tool = inline(kind === "question" ? approval.summary : approval.toolName);
  const params = { by: plainLine(by), tool };
  const told = message !== null && message !== "" && say("question.told", { message: plain(message) });
  switch (state) {
    case "allowed": {
      if (kind === "plan") return say("question.allowed_plan", params);
      if (kind === "tool")
        return say(decision === "session" ? "question.allowed_session" : "question.allowed_once", params);
      const all = (approval.questions ?? []).map((each, n) =>
        answered(each, approval.draft?.chosen[n] ?? []),
      );
      return paragraphs(say("question.answered", params), ...(approval.draft === null ? [] : all));
    }
    case "denied":
      return paragraphs(
        say(
          (
            {
              tool: "question.denied",
              plan: "question.denied_plan",
              question: "question.denied_question",
            } as const
          )[kind],
          params,
        ),
        told,
      );
    case "withdrawn":
      return say("question.withdrawn", params);
    default:
      return decidedAt !== null && decidedAt < expiresAt
        ? say("question.expired_boot", params)
        : say("question.expired", { ...params, time: shortSpan(expiresAt - createdAt) });
  }
};

/**
 * The call itself: an edit by its lines, a plan as the agent wrote it, anything else word for word. A plan is formatted, so it
 * stands in a quote: nothing in it reads as Steward's, or swallows what Steward says below it. A character that it names by
 * a code of HTML stays that code: what is hidden was made visible before.
 */
const bodyOf = ({ kind, toolName, text, diff }: Approval): string => {
  if (kind === "plan") return text.replace(/&(?=#?\w+;)/g, "&amp;").replace(/^/gm, "> ");
  if (diff === null) return fence(text, toolName === "Bash" ? "bash" : "");
  const path = text.split("\n", 1)[0] ?? "";
  return `${inline(path)}\n\n${fence(diff, "diff")}`;
};

/** A fence that nothing inside can close. */
const fence = (text: string, language: string): string => {
  const marks = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}${language}\n${text}\n${marks}`;
};

const inline = (text: string): string => {
  const line = text.replaceAll("\n", " ");
  const marks = "`".repeat(longestRun(line) + 1);
  // Markdown takes one blank at each end away again.
  const pad = /^`|`$|^$/.test(line) ? " " : "";
  return `${marks}${pad}${line}${pad}${marks}`;
};

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** Shown as it stands: nothing in it is formatting, code, or the code of a character. */
const plain = (text: string): string =>
  text
    .replace(/^[ \t]+/gm, "")
    .replace(/[\\`*_{}[\]()#+\-.!<>|~:/@&=]/g, "\\$&")
    .replaceAll(/\n+/g, "\n");

/** In one line: a second one would read as a sentence of Steward's. */
const plainLine = (text: string): string => plain(text.replaceAll(/\s*\n\s*/g, " "));

const paragraphs = (...parts: (string | null | false)[]): string =>
  parts.filter((part) => part !== null && part !== false && part !== "").join("\n\n");
