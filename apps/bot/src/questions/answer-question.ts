import { ApiError } from "@steward/client/api-error";
import { translate, translateError } from "@steward/contract/messages";
import type { ButtonPress } from "../callbacks/press-button.ts";
import { isPressedIn } from "../callbacks/pressed-in.ts";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import { type QuestionAction, shownHashOf } from "./question-data.ts";

export interface AnswerQuestionDeps {
  steward: Pick<Steward, "approval" | "decideApproval" | "chooseAnswer">;
  messenger: Pick<Messenger, "answerCallback">;
}

/**
 * Does what a button under one of the agent's questions says, in the name of who pressed it. The message itself changes by
 * its delivery: for everybody who is asked, and also when the answer came from elsewhere.
 */
export const createAnswerQuestion =
  ({ steward, messenger }: AnswerQuestionDeps) =>
  async (press: ButtonPress, action: QuestionAction): Promise<void> => {
    const { callbackId, language, userId } = press;
    const toast = (text: string): Promise<void> => messenger.answerCallback(callbackId, text);
    if (action.kind === "revise") return await toast(translate(language, "question.toast.revise"));
    try {
      const asked = await steward.approval(action.approvalId);
      if (!isPressedIn(asked, press)) return await toast(translate(language, "bot.toast.expired"));
      if (action.kind === "decide") {
        // What was shown is what is answered.
        if (shownHashOf(asked.inputHash) !== action.shownHash)
          return await toast(translateError(language, "conflict"));
        const { decision } = action;
        await steward.decideApproval(asked.id, { decision, inputHash: asked.inputHash, userId });
        return await toast(
          translate(language, decision === "deny" ? "question.toast.denied" : "question.toast.allowed"),
        );
      }
      const { question } = action;
      const choice =
        action.kind === "chosen"
          ? { kind: "done" as const }
          : { kind: "option" as const, option: action.option, chosen: action.chosen };
      await steward.chooseAnswer(asked.id, { question, choice, userId });
      await toast(translate(language, "question.toast.chosen"));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await toast(translateError(language, error.code, error.params));
    }
  };
