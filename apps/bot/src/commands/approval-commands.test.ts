import type { Approval } from "@steward/contract/approvals";
import { describe, expect, test } from "vitest";
import { startCommands } from "../../test/command-rig.ts";
import { CHAT, TURN } from "../../test/tiny-steward.ts";

const approvalOf = (more: Partial<Approval> = {}): Approval => ({
  ...CHAT,
  id: "0193f0a2-7c11-7000-8000-0000000000a1",
  turnId: TURN,
  userId: "77",
  kind: "tool",
  toolUseId: "t1",
  toolName: "Bash",
  summary: "ls",
  text: "ls",
  isCut: false,
  diff: null,
  reason: null,
  rule: "Bash(ls *)",
  questions: null,
  inputHash: "h",
  expiresAt: 1,
  state: "pending",
  createdAt: 0,
  decidedAt: null,
  decidedBy: null,
  decision: null,
  message: null,
  draft: null,
  ...more,
});

function start(waiting: Approval[]) {
  const decided: unknown[] = [];
  const { said, run } = startCommands({
    pendingApprovals: () => Promise.resolve(waiting),
    decideApproval: (id, answer) => {
      decided.push([id, answer]);
      return Promise.resolve(approvalOf());
    },
  });
  return { decided, said, run };
}

const ID = approvalOf().id;

describe("/approve and /deny", () => {
  test.each([
    ["approve", "", { decision: "once" }],
    ["approve", "session", { decision: "session" }],
    ["approve", "本会话", { decision: "session" }],
    ["deny", "", { decision: "deny" }],
    ["deny", "use npm ci", { decision: "deny", message: "use npm ci" }],
  ] as const)("/%s %s answers what waits, in the name of who wrote it", async (name, args, answer) => {
    const { decided, said, run } = start([approvalOf()]);
    await run(name, { args });
    expect(decided).toEqual([[ID, { ...answer, inputHash: "h", userId: "77" }]]);
    expect(said).toEqual([]);
  });

  test.each([
    ["nothing waits", [], "", "Nothing waits"],
    ["several wait", [approvalOf(), approvalOf()], "", "2 questions wait"],
    ["a question has options", [approvalOf({ kind: "question" })], "", "options"],
    ["there is no rule for it", [approvalOf({ rule: null })], "session", "only be allowed once"],
  ] as const)("where %s it says so and changes nothing", async (_name, waiting, args, words) => {
    const { decided, said, run } = start([...waiting]);
    await run("approve", { args });
    expect(decided).toEqual([]);
    expect(said).toEqual([{ text: expect.stringContaining(words) as string, buttons: [] }]);
  });
});
