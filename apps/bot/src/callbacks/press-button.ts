import { ApiError } from "@steward/client/api-error";
import { type MessageKey, translate } from "@steward/contract/messages";
import { parseAccessData } from "../access/access-data.ts";
import { createAnswerAccess } from "../access/answer-access.ts";
import type { Asker, Command } from "../commands/command.ts";
import { createFoundOpener } from "../commands/found-message.ts";
import { createModelChooser } from "../commands/model-command.ts";
import { createProjectChooser } from "../commands/project-command.ts";
import { createSessionChooser } from "../commands/sessions-command.ts";
import { parseMemoryData } from "../memory/memory-data.ts";
import type { MemoryVerbs } from "../memory/memory-verbs.ts";
import { createPressMemory } from "../memory/press-memory.ts";
import { createKeyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import { createAnswerQuestion } from "../questions/answer-question.ts";
import { parseQuestionData } from "../questions/question-data.ts";
import type { Steward } from "../steward/steward.ts";
import { parseCallbackData } from "./callback-data.ts";
import { createPressSetting } from "./press-setting.ts";
import { isPressedIn } from "./pressed-in.ts";
import { parseSettingData } from "./setting-data.ts";
import { createWaitingButtons } from "./waiting-buttons.ts";

export interface ButtonPress extends Asker {
  callbackId: string;
  /** What the button carried. Telegram does not vouch for it: a changed client sends what it likes. */
  data: string;
  /** The message the button hangs under. */
  messageId: number;
  /** Telegram no longer shows the bot that message: in which topic it stands is not known. */
  topicIsUnknown?: boolean;
}

export type PressButton = (press: ButtonPress) => Promise<void>;

export interface PressButtonDeps {
  steward: Pick<
    Steward,
    | "stop"
    | "status"
    | "release"
    | "advanceTurn"
    | "dropTurn"
    | "rerunEdited"
    | "confirmPlan"
    | "retryTurn"
    | "turnAddress"
    | "chooseModel"
    | "chooseProject"
    | "selectConversation"
    | "resendFile"
    | "approval"
    | "decideApproval"
    | "chooseAnswer"
    | "setPolicy"
    | "approvePairing"
    | "refusePairing"
    | "allowChat"
    | "disallowChat"
    | "openMessage"
    | keyof MemoryVerbs
  >;
  messenger: Pick<Messenger, "say" | "edit" | "answerCallback" | "removeKeyboard">;
  /** Says "stopping" in the turn's status message. */
  markStopping(turnId: string): void;
  runCommand: Command;
}

/** It was pressed before (the other button of the two), or the turn goes on. Nothing is left to do. */
const SETTLED: ReadonlySet<string> = new Set(["idempotency_mismatch", "conflict"]);

/** Does what a button says. The press is answered first, so that the spinner on it ends whatever happens next. */
export function createPressButton({
  steward,
  messenger,
  markStopping,
  runCommand,
}: PressButtonDeps): PressButton {
  const answer = ({ callbackId, language }: ButtonPress, key: MessageKey): Promise<void> =>
    messenger.answerCallback(callbackId, translate(language, key));

  const chooseModel = createModelChooser({ steward, messenger });
  const chooseProject = createProjectChooser({ steward, messenger });
  const chooseSession = createSessionChooser({ steward, messenger });

  const openFound = createFoundOpener({ steward, messenger });

  const pressSetting = createPressSetting({ steward, messenger, runCommand });
  const pressMemory = createPressMemory({ steward, messenger });
  const answerAccess = createAnswerAccess({ steward, messenger });
  const answerQuestion = createAnswerQuestion({ steward, messenger });

  const runAgain = async (
    press: ButtonPress,
    { turnId, kind }: { turnId: string; kind: "retry" | "continue" },
  ): Promise<void> => {
    const { address, messageId } = press;
    const home = await steward.turnAddress(turnId);
    // An id is a route, not a right: only in its own chat does a turn's button count.
    if (home === null || !isPressedIn(home, press)) return await answer(press, "bot.toast.expired");
    await answer(press, kind === "retry" ? "bot.toast.retrying" : "bot.toast.continuing");
    try {
      // One key for both buttons of a message: whichever is pressed first counts, and counts once.
      await steward.retryTurn(turnId, kind, `telegram-${turnId}-${messageId}`);
    } catch (error) {
      if (!(error instanceof ApiError) || !SETTLED.has(error.code)) throw error;
    }
    await messenger.removeKeyboard(address, messageId);
  };

  const stop = async (press: ButtonPress, turnId: string): Promise<void> => {
    const home = press.topicIsUnknown === true ? await steward.turnAddress(turnId) : press.address;
    if (home === null || !isPressedIn(home, press)) return;
    markStopping(turnId);
    const { waiting, stopped } = await steward.stop(home, { turnId });
    // Taking one out of the queue holds nothing up; only stopping the one at work does.
    if (!stopped || waiting === 0 || !(await steward.status(home)).held) return;
    const { language } = press;
    const keyboard = createKeyboard(language, [{ kind: "run_queue" }, { kind: "drop_queue" }]);
    const held = translate(language, "bot.queue_held", { count: waiting });
    await messenger.say(home, plainText(held), { keyboard });
  };

  const confirmPlan = async (press: ButtonPress, turnId: string): Promise<void> => {
    const { address, userId, callbackId, messageId } = press;
    const home = press.topicIsUnknown === true ? await steward.turnAddress(turnId) : address;
    if (home === null || !isPressedIn(home, press)) return await answer(press, "bot.toast.expired");
    try {
      await steward.confirmPlan(home, { userId }, { turnId, key: `plan-${callbackId}` });
      await answer(press, "plan.toast.confirmed");
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "conflict") throw error;
      await answer(press, "plan.toast.gone");
    }
    await messenger.removeKeyboard(address, messageId);
  };

  const whatWaits = createWaitingButtons({ steward, messenger });

  const resend = async (press: ButtonPress, fileId: string): Promise<void> => {
    await answer(press, "bot.toast.resending");
    try {
      // Another chat's file is not there for this one.
      await steward.resendFile(fileId, press.address);
    } catch (error) {
      const isSettled =
        error instanceof ApiError && (error.code === "conflict" || error.code === "not_found");
      if (!isSettled) throw error;
    }
    await messenger.removeKeyboard(press.address, press.messageId);
  };

  return async (press) => {
    const { address, data, messageId } = press;
    const toast = (key: MessageKey): Promise<void> => answer(press, key);
    const setting = parseSettingData(data);
    if (setting !== null) return await pressSetting(press, setting);
    const aboutAccess = parseAccessData(data);
    if (aboutAccess !== null) return await answerAccess(press, aboutAccess);
    const aboutMemory = parseMemoryData(data);
    if (aboutMemory !== null) return await pressMemory(press, aboutMemory);
    const question = parseQuestionData(data);
    if (question !== null) return await answerQuestion(press, question);
    const action = parseCallbackData(data);
    if (action === null) return await toast("bot.toast.expired");

    switch (action.kind) {
      case "stop":
        await toast("bot.toast.stopping");
        return await stop(press, action.turnId);
      case "retry":
      case "continue":
        return await runAgain(press, action);
      case "advance":
      case "drop":
        return await whatWaits.press(press, action);
      case "confirm_plan":
        return await confirmPlan(press, action.turnId);
      case "revise_plan":
        return await toast("plan.toast.revise");
      case "run_edited":
        return await whatWaits.runEdited(press, action.messageId);
      case "resend":
        return await resend(press, action.fileId);
      case "model":
        await toast("bot.toast.model");
        await chooseModel(press, action.model);
        await messenger.removeKeyboard(address, messageId);
        return;
      case "forget":
        await toast("bot.toast.forgetting");
        // By the command, with its rights and its way back.
        return await runCommand({
          ...{ address, language: press.language, userId: press.userId },
          name: "forget",
          args: String(action.memoryId),
          userName: null,
          isGroup: address.chatId.startsWith("-"),
          chatTitle: null,
          messageId: null,
          replyToMessageId: null,
          replyToText: "",
          onceKey: `telegram-button-${press.callbackId}`,
        });
      case "project":
        await toast("bot.toast.choosing");
        await chooseProject(press, action.name, false);
        return await messenger.removeKeyboard(address, messageId);
      case "conversation":
        await toast("bot.toast.resuming");
        await chooseSession(press, action.conversationId);
        return await messenger.removeKeyboard(address, messageId);
      case "found":
        await toast("bot.toast.opening");
        return await openFound(address, press.language, action.messageId);
      case "run_queue":
      case "drop_queue":
        await toast(action.kind === "run_queue" ? "bot.toast.running" : "bot.toast.dropping");
        await steward.release(address, action.kind === "run_queue" ? "run" : "drop");
        await messenger.removeKeyboard(address, messageId);
    }
  };
}
