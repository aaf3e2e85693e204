import type { Approval } from "@steward/contract/approvals";
import { translate } from "@steward/contract/messages";
import { truncate } from "@steward/telegram/truncate";
import type { Keyboard } from "../outbound/keyboard.ts";
import { formatQuestionData, type QuestionAction, shownHashOf } from "./question-data.ts";

type Language = Parameters<typeof translate>[0];
type Button = Keyboard["inline_keyboard"][number][number];

/** A phone shows about this much of a button. */
const LABEL_UNITS = 40;
/** Telegram takes a hundred buttons; a question with more options than this is answered in words. */
const MOST_OPTIONS = 30;

/** The buttons under a question of the agent's as it stands; undefined once it is answered. */
export const questionKeyboard = (approval: Approval, language: Language): Keyboard | undefined => {
  if (approval.state !== "pending") return undefined;
  const { id: approvalId, kind, rule, inputHash } = approval;
  const shownHash = shownHashOf(inputHash);
  const decide = (decision: "once" | "session" | "deny", key: Parameters<typeof translate>[1]): Button =>
    button(translate(language, key), { kind: "decide", approvalId, decision, shownHash });
  if (kind === "question") {
    const rows = optionRows(approval, language);
    return { inline_keyboard: [...rows, [decide("deny", "question.button.skip")]] };
  }
  if (kind === "plan") {
    const revise = button(translate(language, "question.button.revise"), { kind: "revise", approvalId });
    return { inline_keyboard: [[decide("once", "question.button.confirm"), revise]] };
  }
  const session = rule === null ? [] : [decide("session", "question.button.session")];
  return {
    inline_keyboard: [
      [decide("once", "question.button.once"), ...session, decide("deny", "question.button.deny")],
    ],
  };
};

function optionRows({ id: approvalId, questions, draft }: Approval, language: Language): Button[][] {
  const question = draft?.question ?? 0;
  const asked = questions?.[question];
  if (asked === undefined) return [];
  const chosen = draft?.chosen[question] ?? [];
  const rows = asked.options.slice(0, MOST_OPTIONS).map(({ label }, option) => {
    const isChosen = chosen.includes(label);
    const text = asked.multiSelect ? `${isChosen ? "☑️" : "⬜"} ${label}` : `${option + 1}. ${label}`;
    return [
      button(truncate(text, LABEL_UNITS), {
        kind: "choose",
        approvalId,
        question,
        option,
        chosen: !isChosen,
      }),
    ];
  });
  const done = translate(language, "question.button.done");
  return asked.multiSelect && chosen.length > 0
    ? [...rows, [button(done, { kind: "chosen", approvalId, question })]]
    : rows;
}

const button = (text: string, action: QuestionAction): Button => ({
  text,
  callback_data: formatQuestionData(action),
});
