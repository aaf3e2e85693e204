import type { Approval, ApprovalQuestion } from "@steward/contract/approvals";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Language } from "@steward/schema/enums";
import { shortSpan } from "./words-for-the-agent.ts";

/** Long questions and options are for reading, a message is not endless. */
const QUESTION_CHARACTERS = 1_500;
const OPTION_CHARACTERS = 300;

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
    reason !== null && approval.kind === "tool" && say("question.reason", { reason: plain(reason) }),
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

const wordAsked = ({ questions, draft }: Approval, say: Say, time: string): string => {
  const count = questions?.length ?? 0;
  const index = Math.min(draft?.question ?? 0, Math.max(count - 1, 0));
  const asked = questions?.[index];
  const done = (questions ?? []).slice(0, index).map((each, n) => answered(each, draft?.chosen[n] ?? []));
  if (asked === undefined) return say("question.words_question", { time });
  const header = plain(asked.header || say("question.header"));
  return paragraphs(
    ...done,
    `❓ **${header}**${count > 1 ? ` (${index + 1}/${count})` : ""}`,
    plain(cut(asked.question, QUESTION_CHARACTERS)),
    asked.options.map((option, n) => wordOption(option, n)).join("\n"),
    asked.multiSelect && say("question.several"),
    say("question.words_question", { time }),
  );
};

const wordOption = ({ label, description }: ApprovalQuestion["options"][number], index: number): string => {
  const text = `${index + 1}. **${plain(cut(label, OPTION_CHARACTERS))}**`;
  return description === "" ? text : `${text} – ${plain(cut(description, OPTION_CHARACTERS))}`;
};

const answered = ({ question }: ApprovalQuestion, chosen: readonly string[]): string =>
  `✔️ ${plain(cut(question, OPTION_CHARACTERS))}\n**${plain(cut(chosen.join(", "), OPTION_CHARACTERS))}**`;

const outcomeOf = (approval: Approval, language: Language, by: string): string => {
  const { kind, state, decision, message, expiresAt, createdAt, decidedAt } = approval;
  const say = sayIn(language);
  const tool = inline(kind === "question" ? approval.summary : approval.toolName);
  const params = { by: plain(by), tool };
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

/** The call itself: an edit by its lines, a plan as the agent wrote it, anything else word for word. */
const bodyOf = ({ kind, toolName, text, diff }: Approval): string => {
  if (kind === "plan") return text;
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

/** Shown as it stands: no heading, link or button of the agent's making among Steward's own words. */
const plain = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+\-.!<>|~:/@]/g, "\\$&").replaceAll(/\n+/g, "\n");

const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1).replace(/[\ud800-\udbff]$/, "")}…`;

const paragraphs = (...parts: (string | null | false)[]): string =>
  parts.filter((part) => part !== null && part !== false && part !== "").join("\n\n");
