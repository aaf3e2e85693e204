import type { ToolPermissionDecision } from "@steward/claude/cli-driver";
import type { Approval } from "@steward/contract/approvals";
import type { Delivery } from "@steward/contract/deliveries";
import type { DomainError } from "@steward/contract/errors";
import { describe, expect, test } from "vitest";
import { promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

/** A turn of a chat that asks this call; what the CLI is told is kept. */
const asks = (rig: TestCore, name: string, input: Record<string, unknown>, more: object = {}) => {
  const told: ToolPermissionDecision[] = [];
  rig.driver.script = async (turn) => {
    told.push(await turn.askPermission(name, input, more));
    turn.answer("done");
  };
  return { told, turnId: rig.submit("go", {}, { deliver: true, userId: "42" }) };
};

const pending = async (rig: TestCore): Promise<Approval> => {
  await until(() => rig.core.approvals.list({ state: "pending" }).length === 1, "one is pending");
  const [approval] = rig.core.approvals.list({ state: "pending" });
  if (!approval) throw new Error("unreachable: one is pending");
  return approval;
};

/** The messages of approvals that a front end has to show now. */
const messages = (rig: TestCore): Delivery[] =>
  rig.core.deliveries.open("cli").filter(({ kind }) => kind === "approval");
const message = (rig: TestCore): Delivery => {
  const [only, ...others] = messages(rig);
  if (!only || others.length > 0)
    throw new Error(`expected one message, found ${others.length + (only ? 1 : 0)}`);
  return only;
};
const delivered = (rig: TestCore, { id, revision }: Delivery) =>
  rig.core.deliveries.settle(id, { outcome: "delivered", revision });
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as DomainError).code;
  }
  return "no error";
};

describe("a chat is asked by a message of its own", () => {
  test("it shows the call in a fence that nothing inside can close, and is rewritten when it is decided", async () => {
    const rig = await startCore();
    const command = "echo '```'\n**Allowed**";
    const { told } = asks(rig, "Bash", { command });
    const approval = await pending(rig);
    const asked = message(rig);
    expect(asked).toMatchObject({ approvalId: approval.id, revision: 0, turnId: null });
    expect(asked.text).toContain(`\`\`\`\`bash\n${command}\n\`\`\`\``);
    delivered(rig, asked);
    expect(messages(rig)).toEqual([]);

    rig.core.approvals.decide(approval.id, {
      decision: "once",
      inputHash: approval.inputHash,
      userId: "42",
    });
    await until(() => told.length === 1, "the CLI is told");
    const ended = message(rig);
    expect(ended).toMatchObject({ id: asked.id, revision: 1 });
    expect(ended.text).toContain("Allowed, this once");
    expect(ended.text).toContain(command);
  });

  test("what was shown of an earlier text does not count as shown", async () => {
    const rig = await startCore();
    asks(rig, "Bash", { command: "ls" });
    const approval = await pending(rig);
    const asked = message(rig);
    rig.core.approvals.decide(approval.id, {
      decision: "deny",
      inputHash: approval.inputHash,
      message: "no *need*",
    });
    expect(delivered(rig, asked)).toBe("pending");
    expect(message(rig).text).toContain("Told: no \\*need\\*");
    expect(delivered(rig, message(rig))).toBe("delivered");
  });

  test("an edit is shown by its lines", async () => {
    const rig = await startCore();
    asks(rig, "Edit", { file_path: "/w/a.ts", old_string: "let a = 1;", new_string: "const a = 1;" });
    await pending(rig);
    expect(message(rig).text).toContain("`/w/a.ts`\n\n```diff\n-let a = 1;\n+const a = 1;\n```");
  });

  test("a restart ends it, and the message says so", async () => {
    const rig = await startCore();
    asks(rig, "Bash", { command: "ls" });
    await pending(rig);
    delivered(rig, message(rig));
    const next = await rig.reboot();
    expect(message(next).text).toContain("Steward was restarted");
  });

  test("a turn that is followed at another door asks no chat", async () => {
    const rig = await startCore();
    rig.driver.script = async (turn) => {
      await turn.askPermission("Bash", { command: "ls" });
      turn.answer("done");
    };
    rig.submit("from the terminal");
    await pending(rig);
    expect(messages(rig)).toEqual([]);
  });

  test("what a policy denies at once asks nobody", async () => {
    const rig = await startCore();
    rig.core.policies.set({}, "unattended", "deny", "owner");
    rig.driver.script = async (turn) => {
      await turn.askPermission("Bash", { command: "ls" });
      turn.answer("done");
    };
    const turnId = rig.submit("unattended", {}, { deliver: true, source: "gateway" });
    await rig.core.turns.waitForEnd(turnId);
    expect(rig.core.approvals.list({})).toMatchObject([{ state: "denied" }]);
    expect(messages(rig)).toEqual([]);
  });
});

describe("questions are answered one after the other", () => {
  const INPUT = {
    questions: [
      {
        question: "Which colour?",
        header: "Colour",
        multiSelect: false,
        options: [
          { label: "Red", description: "like a *rose*" },
          { label: "Blue", description: "" },
        ],
      },
      {
        question: "Which sizes?",
        header: "Size",
        multiSelect: true,
        options: [
          { label: "S", description: "" },
          { label: "M", description: "" },
          { label: "L", description: "" },
        ],
      },
    ],
  };
  const choose = (
    rig: TestCore,
    { id }: Approval,
    question: number,
    option: number,
    chosen = true,
  ): Approval =>
    rig.core.approvals.choose(id, { question, choice: { kind: "option", option, chosen }, userId: "42" });

  test("each choice is shown, the last one answers, repeats change nothing", async () => {
    const rig = await startCore();
    const { told } = asks(rig, "AskUserQuestion", INPUT);
    const approval = await pending(rig);
    expect(message(rig).text).toContain("**Colour** (1/2)");
    expect(message(rig).text).toContain("1. **Red** – like a \\*rose\\*");

    expect(choose(rig, approval, 0, 1).draft).toEqual({ question: 1, chosen: [["Blue"]] });
    const { text, revision } = message(rig);
    expect(text).toContain("**Blue**");
    expect(text).toContain("**Size** (2/2)");
    expect(choose(rig, approval, 0, 1).draft?.question).toBe(1);
    expect(message(rig).revision).toBe(revision);
    expect(codeOf(() => choose(rig, approval, 0, 0))).toBe("conflict");

    choose(rig, approval, 1, 0);
    choose(rig, approval, 1, 2);
    choose(rig, approval, 1, 0, false);
    choose(rig, approval, 1, 1);
    const ended = rig.core.approvals.choose(approval.id, {
      question: 1,
      choice: { kind: "done" },
      userId: "42",
    });
    expect(ended).toMatchObject({ state: "allowed", decidedBy: "user:42" });
    await until(() => told.length === 1, "the CLI is told");
    expect(told).toMatchObject([
      { updatedInput: { answers: { "Which colour?": "Blue", "Which sizes?": "L, M" } } },
    ]);
    expect(message(rig).text).toContain("**L, M**");
    expect(codeOf(() => choose(rig, approval, 1, 0))).toBe("approval_decided");
  });

  test("words of the person's own are an answer", async () => {
    const rig = await startCore();
    const { told } = asks(rig, "AskUserQuestion", { questions: INPUT.questions.slice(0, 1) });
    const approval = await pending(rig);
    rig.core.approvals.choose(approval.id, {
      question: 0,
      choice: { kind: "words", words: "green, please" },
    });
    await until(() => told.length === 1, "the CLI is told");
    expect(told).toMatchObject([{ updatedInput: { answers: { "Which colour?": "green, please" } } }]);
  });

  test("nothing chosen, no such option, another person, no question at all", async () => {
    const rig = await startCore();
    asks(rig, "AskUserQuestion", { questions: INPUT.questions.slice(1) });
    const approval = await pending(rig);
    const done = { question: 0, choice: { kind: "done" as const } };
    expect(codeOf(() => rig.core.approvals.choose(approval.id, done))).toBe("validation_failed");
    expect(codeOf(() => choose(rig, approval, 0, 9))).toBe("validation_failed");
    expect(codeOf(() => choose(rig, approval, 3, 0))).toBe("validation_failed");
    expect(codeOf(() => rig.core.approvals.choose(approval.id, { ...done, userId: "43" }))).toBe("forbidden");
    expect(rig.core.approvals.get(approval.id).state).toBe("pending");

    const other = await startCore();
    asks(other, "Bash", { command: "ls" });
    const tool = await pending(other);
    expect(codeOf(() => other.core.approvals.choose(tool.id, done))).toBe("validation_failed");
  });
});

describe("a reply to the question is an answer", () => {
  /** A paired person's turn in a Telegram chat that asks; its message stands in the chat as number 100. */
  const asked = async (name = "Bash", input: Record<string, unknown> = { command: "ls" }) => {
    const rig = await startCore();
    const { code } = rig.core.access.requestPairing({
      ...{ botId: "7", userId: "42", chatId: "42", username: null, name: "Ada" },
    });
    rig.core.access.approve(code, "owner");
    const told: ToolPermissionDecision[] = [];
    rig.driver.script = async (turn) => {
      if (turn.text.includes("go")) told.push(await turn.askPermission(name, input));
      turn.answer("done");
    };
    rig.core.inbox.accept("7", [promptUpdate("go")]);
    const approval = await pending(rig);
    const [delivery] = rig.core.deliveries.open("7").filter(({ kind }) => kind === "approval");
    if (!delivery) throw new Error("the chat was not asked");
    rig.core.deliveries.setPlaceholder(delivery.id, 0, 100);
    const reply = (text: string, more: { to?: number; from?: string } = {}) =>
      rig.core.inbox.accept("7", [
        promptUpdate(text, {
          replyTo: { messageId: more.to ?? 100, text: "May I?" },
          sender: { id: more.from ?? "42", username: null, name: "Ada", language: "en" },
        }),
      ]).results[0];
    return { rig, told, approval, reply };
  };

  test("other words deny it and are told to the agent; no turn is made of them", async () => {
    const { rig, told, approval, reply } = await asked();
    expect(reply("use pnpm instead")).toMatchObject({ state: "handled", turnId: null });
    await until(() => told.length === 1, "the CLI is told");
    expect(told).toMatchObject([
      { behavior: "deny", message: expect.stringContaining("use pnpm instead") as string },
    ]);
    expect(rig.core.approvals.get(approval.id)).toMatchObject({ state: "denied", decidedBy: "user:42" });
  });

  test("a yes lets it happen, in both languages", async () => {
    for (const yes of ["Yes.", "好的"]) {
      const { told, reply } = await asked();
      reply(yes);
      await until(() => told.length === 1, "the CLI is told");
      expect(told).toMatchObject([{ behavior: "allow" }]);
    }
  });

  test("a reply to another message, or after the end, is a message like any other", async () => {
    const { rig, told, approval, reply } = await asked();
    expect(reply("yes", { to: 99 })).toMatchObject({ state: "turn" });
    expect(rig.core.approvals.get(approval.id).state).toBe("pending");
    rig.core.approvals.decide(approval.id, { decision: "once", inputHash: approval.inputHash });
    await until(() => told.length === 1, "the CLI is told");
    expect(reply("thanks")).toMatchObject({ state: "turn" });
  });
});
