import { translate } from "@steward/contract/messages";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Command, CommandRequest } from "./command.ts";

export interface ApprovalCommandDeps {
  steward: Pick<Steward, "pendingApprovals" | "decideApproval">;
  messenger: Pick<Messenger, "say">;
}

/** The word after `/approve` that allows it for the whole session. */
const SESSION = /^(session|always|本会话|会话)$/iu;

/**
 * `/approve`, `/approve session` and `/deny [WORDS]`: for clients without buttons. They answer the one thing that waits in the
 * chat; where several wait, which one is meant only its own message can tell.
 */
export function createApprovalCommands({ steward, messenger }: ApprovalCommandDeps): {
  approve: Command;
  deny: Command;
} {
  const say = async (
    { address, language }: CommandRequest,
    ...[key, params]: Parameters<typeof translate> extends [unknown, ...infer Rest] ? Rest : never
  ): Promise<void> => {
    await messenger.say(address, plainText(translate(language, key, params)));
  };

  const decide = async (
    request: CommandRequest,
    answer: { decision: "once" | "session" | "deny"; message?: string },
  ): Promise<void> => {
    const waiting = await steward.pendingApprovals(request.address);
    const [only, ...others] = waiting;
    if (only === undefined) return await say(request, "question.none");
    if (others.length > 0) return await say(request, "question.several_wait", { count: waiting.length });
    if (only.kind === "question" && answer.decision !== "deny")
      return await say(request, "question.choose_option");
    if (answer.decision === "session" && only.rule === null) return await say(request, "question.no_rule");
    // How it ended, the question's own message says.
    await steward.decideApproval(only.id, {
      ...answer,
      inputHash: only.inputHash,
      userId: request.userId,
    });
  };

  return {
    approve: (request) => decide(request, { decision: SESSION.test(request.args) ? "session" : "once" }),
    deny: (request) =>
      decide(request, {
        decision: "deny",
        ...(request.args !== "" && { message: request.args.slice(0, 4_000) }),
      }),
  };
}
