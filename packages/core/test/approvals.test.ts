import type { ToolPermissionDecision } from "@steward/claude/cli-driver";
import type { FakeTurn } from "@steward/claude/fake-cli-driver";
import { type Approval, decideApproval } from "@steward/contract/approvals";
import type { DomainError } from "@steward/contract/errors";
import type { TurnEvent } from "@steward/contract/turn-events";
import { accessEntries, approvals, auditEntries, turns } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { pair, startCore, type TestCore, until } from "./test-core.ts";

const MKDIR = { command: "mkdir made" };
const RULE = {
  type: "addRules",
  rules: [{ toolName: "Bash", ruleContent: "mkdir made *" }],
  behavior: "allow",
  destination: "localSettings",
};
/** In the order in which the CLI sends them. */
const SUGGESTIONS = [
  { type: "setMode", mode: "acceptEdits", destination: "session" },
  RULE,
  { type: "addDirectories", directories: ["/tmp"], destination: "session" },
];

type Asked = { decisions: ToolPermissionDecision[] };

/** Each turn asks these calls at once and ends when all are decided. */
const asking = (
  rig: TestCore,
  calls: readonly (readonly [name: string, input: Record<string, unknown>])[] = [["Bash", MKDIR]],
  more: Parameters<FakeTurn["askPermission"]>[2] = { suggestions: SUGGESTIONS },
): Asked => {
  const asked: Asked = { decisions: [] };
  rig.driver.script = async (turn) => {
    asked.decisions = await Promise.all(calls.map(([name, input]) => turn.askPermission(name, input, more)));
    turn.answer(asked.decisions.map(({ behavior }) => behavior).join(" "));
  };
  return asked;
};

const pending = async (rig: TestCore, count = 1): Promise<Approval[]> => {
  await until(() => rig.core.approvals.list({ state: "pending" }).length === count, `${count} are pending`);
  return rig.core.approvals.list({ state: "pending" });
};
const onePending = async (rig: TestCore): Promise<Approval> => {
  const [approval] = await pending(rig);
  if (!approval) throw new Error("unreachable: pending() has counted");
  return approval;
};
const answer = (rig: TestCore, { id, inputHash }: Approval, more: object = {}): Approval =>
  rig.core.approvals.decide(id, { decision: "once", inputHash, ...more });
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as DomainError).code;
  }
  return "no error";
};
const auditOf = (rig: TestCore) => rig.database.db.select().from(auditEntries).all();
const events = (rig: TestCore, turnId: string): TurnEvent[] => {
  const seen: TurnEvent[] = [];
  rig.core.turns.subscribe(turnId, null, (item) => item?.event && seen.push(item.event));
  return seen;
};

describe("a tool that needs permission", () => {
  test("is asked about, committed before anybody hears of it, and runs as it was shown", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    const turnId = rig.submit("make it");
    const states: unknown[] = [];
    rig.core.turns.subscribe(turnId, null, (item) => {
      if (item?.event?.type !== "approval_requested") return;
      const row = rig.database.db
        .select({ state: approvals.state, started: turns.startedTools })
        .from(approvals)
        .innerJoin(turns, eq(turns.id, approvals.turnId))
        .where(eq(approvals.id, item.event.approvalId))
        .get();
      states.push(row);
    });
    const approval = await onePending(rig);
    expect(states).toEqual([{ state: "pending", started: true }]);
    expect(approval).toMatchObject({
      kind: "tool",
      toolName: "Bash",
      summary: "mkdir made",
      text: "mkdir made",
      isCut: false,
      rule: "Bash(mkdir made *)",
      turnId,
      botId: "cli",
      chatId: "main",
      userId: "1",
    });
    expect(answer(rig, approval)).toMatchObject({ state: "allowed", decision: "once", decidedBy: "owner" });
    await rig.core.turns.waitForEnd(turnId);
    expect(asked.decisions).toEqual([{ behavior: "allow", updatedInput: MKDIR }]);
    expect(auditOf(rig).at(-1)).toMatchObject({
      actor: "owner",
      action: "approval_allowed",
      target: `approval:${approval.id}`,
    });
    expect(
      events(rig, turnId).flatMap((event) => (event.type.startsWith("approval") ? [event] : [])),
    ).toMatchObject([
      { type: "approval_requested", approvalId: approval.id, inputHash: approval.inputHash },
      { type: "approval_resolved", approvalId: approval.id, state: "allowed", decision: "once" },
    ]);
  });

  test("is asked about again the next time", async () => {
    const rig = await startCore();
    asking(rig);
    for (const round of [1, 2]) {
      const turnId = rig.submit(`round ${round}`);
      answer(rig, await onePending(rig));
      expect((await rig.core.turns.waitForEnd(turnId)).text).toBe("allow");
    }
    expect(rig.core.approvals.list({}).map(({ state }) => state)).toEqual(["allowed", "allowed"]);
  });

  test("is remembered for the session by the suggested rules alone, never by a mode or a directory", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    const turnId = rig.submit("make it");
    answer(rig, await onePending(rig), { decision: "session" });
    await rig.core.turns.waitForEnd(turnId);
    expect(asked.decisions).toEqual([{ behavior: "allow", updatedInput: MKDIR, remember: RULE }]);
  });

  test("without a suggested rule can be allowed once only", async () => {
    const rig = await startCore();
    asking(rig, [["Write", { file_path: "/w/a", content: "x" }]], { suggestions: SUGGESTIONS.slice(0, 1) });
    const turnId = rig.submit("write it");
    const approval = await onePending(rig);
    expect(approval.rule).toBeNull();
    expect(codeOf(() => answer(rig, approval, { decision: "session" }))).toBe("validation_failed");
    answer(rig, approval);
    expect((await rig.core.turns.waitForEnd(turnId)).text).toBe("allow");
  });

  test("is denied with the person's words for the agent", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    const turnId = rig.submit("make it");
    const approval = await onePending(rig);
    expect(answer(rig, approval, { decision: "deny", message: "use /tmp" })).toMatchObject({
      state: "denied",
      message: "use /tmp",
    });
    await rig.core.turns.waitForEnd(turnId);
    expect(asked.decisions).toMatchObject([
      { behavior: "deny", message: expect.stringContaining("use /tmp") as string },
    ]);
  });

  test("may be one of several at once; each is answered by itself, in any order", async () => {
    const rig = await startCore();
    const asked = asking(rig, [
      ["Read", { file_path: "/etc/a" }],
      ["Read", { file_path: "/etc/b" }],
    ]);
    const turnId = rig.submit("read them");
    const [a, b] = await pending(rig, 2);
    if (!a || !b) throw new Error("two are pending");
    answer(rig, b, { decision: "deny" });
    expect(rig.core.approvals.list({ state: "pending" }).map(({ id }) => id)).toEqual([a.id]);
    answer(rig, a);
    expect((await rig.core.turns.waitForEnd(turnId)).text).toBe("allow deny");
    expect(asked.decisions).toHaveLength(2);
  });

  test("does not run when the question cannot be written down", async () => {
    const rig = await startCore();
    rig.driver.script = async (turn) => {
      rig.database.db.run("ALTER TABLE approvals RENAME TO elsewhere");
      const decided = await turn.askPermission("Bash", MKDIR).catch(() => "refused");
      turn.answer(String(decided));
    };
    expect((await rig.ask("make it")).text).toBe("refused");
  });

  test("in the background of a turn that has ended is asked of that turn's person, who is told by a message", async () => {
    const rig = await startCore();
    const front = rig.frontEnd("cli");
    let late: Promise<ToolPermissionDecision> | null = null;
    const background = new AbortController();
    const task = { taskId: "t", toolUseId: null, taskType: "local_agent", description: "" };
    rig.driver.script = (turn) => {
      turn.emit({ type: "task_started", ...task });
      turn.answer("it goes on in the background");
      late = turn.askPermission("Bash", MKDIR, { signal: background.signal, outlives: true });
    };
    const turnId = rig.submit("go", {}, { deliver: true, userId: "42" });
    const approval = await onePending(rig);
    expect(approval).toMatchObject({ turnId, userId: "42" });
    expect(rig.core.turns.get(turnId)?.state).not.toBe("running");
    const asked = front.events.flatMap((event) =>
      event.type === "delivery" && event.delivery.kind === "approval" ? [event.delivery.text] : [],
    );
    expect(asked).toEqual([expect.stringContaining("mkdir made")]);
    answer(rig, approval, { userId: "42" });
    await expect(late).resolves.toMatchObject({ behavior: "allow" });
  });
});

describe("in a group, the question of a sub-agent in the background", () => {
  const agent = { toolUseId: "agent_a", taskId: "t", taskType: "local_agent", description: "" };
  /** A's turn leaves a sub-agent at work; B's turn runs when that one asks. */
  const groupWith = async (more: Parameters<FakeTurn["askPermission"]>[2]) => {
    const rig = await startCore();
    pair(rig.core, "cli", "1");
    let ask = (): Promise<ToolPermissionDecision> => Promise.reject(new Error("not yet"));
    rig.driver.script = (turn) => {
      if (turn.text !== "from a") return turn.delta("working");
      const call = { toolUseId: "agent_a", name: "Agent", input: {}, summary: "" };
      turn.emit({ type: "tool_input", ...call, parentToolUseId: null });
      turn.emit({ type: "task_started", ...agent });
      ask = () => turn.askPermission("Bash", MKDIR, { outlives: true, ...more });
      turn.answer("it is at work");
    };
    const ofA = rig.submit("from a", {}, { deliver: true, userId: "42" });
    await rig.core.turns.waitForEnd(ofA);
    const ofB = rig.submit("from b", {}, { deliver: true, userId: "43" });
    await until(() => rig.core.turns.get(ofB)?.text === "working", "B's turn runs");
    const decided = ask();
    return { rig, ofA, ofB, decided, approval: await onePending(rig) };
  };

  test("is asked of the person whose turn began it, not of the one whose turn runs", async () => {
    const { rig, ofA, ofB, decided, approval } = await groupWith({ parentToolUseId: "agent_a" });
    expect(approval).toMatchObject({ turnId: ofA, userId: "42" });
    expect(codeOf(() => answer(rig, approval, { userId: "43" }))).toBe("forbidden");
    // B's turn does not rest while A takes their time.
    await rig.clock.advance(301_000);
    expect(rig.core.turns.get(ofB)).toMatchObject({ state: "failed", errorCode: "cli_silent" });
    answer(rig, approval, { userId: "42" });
    await expect(decided).resolves.toMatchObject({ behavior: "allow" });
  });

  test("is not of a turn whose work a stop has ended", async () => {
    const rig = await startCore();
    pair(rig.core, "cli", "1");
    let ask = (): Promise<ToolPermissionDecision> => Promise.reject(new Error("not yet"));
    rig.driver.script = (turn) => {
      turn.emit({ type: "task_started", ...agent, taskId: turn.text, toolUseId: null });
      if (turn.text === "from a") return;
      ask = () => turn.askPermission("Bash", MKDIR, { outlives: true });
      turn.answer("it is at work");
    };
    rig.submit("from a", {}, { deliver: true, userId: "42" });
    await until(() => rig.driver.sessions[0]?.turns.length === 1, "A's turn runs");
    await rig.core.chats.stop({ botId: "cli", chatId: "main", threadId: "" });
    const ofB = rig.submit("from b", {}, { deliver: true, userId: "43" });
    await rig.core.turns.waitForEnd(ofB);
    const decided = ask();
    const approval = await onePending(rig);
    expect(approval).toMatchObject({ turnId: ofB, userId: "43" });
    answer(rig, approval, { userId: "43" });
    await expect(decided).resolves.toMatchObject({ behavior: "allow" });
  });

  test("is the owner's alone when nobody can tell whose it is", async () => {
    const { rig, decided, approval } = await groupWith({});
    expect(approval.userId).toBeNull();
    for (const userId of ["42", "43"]) {
      expect(codeOf(() => answer(rig, approval, { userId }))).toBe("forbidden");
    }
    answer(rig, approval, { userId: "1" });
    await expect(decided).resolves.toMatchObject({ behavior: "allow" });
  });
});

describe("row 23: an approval that nobody answers", () => {
  test("row 23: is denied when its time is over; the agent and the person are told", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    const front = rig.frontEnd("cli");
    const turnId = rig.submit("make it", {}, { deliver: true });
    const approval = await onePending(rig);
    await rig.clock.advance(599_999);
    expect(asked.decisions).toEqual([]);
    await rig.clock.advance(1);
    await rig.core.turns.waitForEnd(turnId);
    expect(asked.decisions).toMatchObject([
      { behavior: "deny", message: expect.stringContaining("Nobody answered within 10 min") as string },
    ]);
    const told = front.events.flatMap((event) =>
      event.type === "delivery" && event.delivery.kind === "approval" ? [event.delivery.text] : [],
    );
    expect(told.at(-1)).toContain("Nobody answered within 10 min");
    expect(told.at(-1)).toContain("mkdir made");
    expect(codeOf(() => answer(rig, approval))).toBe("approval_expired");
    expect(rig.core.approvals.get(approval.id).state).toBe("expired");
  });

  test("row 23: expires with the service: after a restart the answer is told so, and nothing runs twice", async () => {
    const rig = await startCore();
    asking(rig);
    const turnId = rig.submit("make it");
    const approval = await onePending(rig);
    const next = await rig.reboot();
    expect(next.core.turns.get(turnId)).toMatchObject({
      state: "interrupted",
      errorCode: "interrupted_by_restart",
    });
    expect(next.core.approvals.get(approval.id).state).toBe("expired");
    // Whoever follows the turn across the restart is told before its end that nobody is asked any more.
    expect(events(next, turnId).slice(-2)).toMatchObject([
      { type: "approval_resolved", approvalId: approval.id, state: "expired" },
      { type: "final" },
    ]);
    expect(codeOf(() => answer(next, approval))).toBe("approval_expired");
    expect(auditOf(next).at(-1)).toMatchObject({ action: "approval_expired" });
  });

  test("row 23: has expired, too, when the service was stopped in good order", async () => {
    const rig = await startCore();
    asking(rig);
    rig.submit("make it");
    const approval = await onePending(rig);
    await rig.core.stop(0);
    expect(codeOf(() => answer(rig, approval))).toBe("approval_expired");
  });

  test("row 23: a double press acts once, and the second is told what was decided", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    const turnId = rig.submit("make it");
    const approval = await onePending(rig);
    answer(rig, approval);
    expect(() => answer(rig, approval, { decision: "deny" })).toThrow(
      expect.objectContaining({
        code: "approval_decided",
        params: { decision: "once", by: "owner" },
      }) as Error,
    );
    await rig.core.turns.waitForEnd(turnId);
    expect(asked.decisions).toEqual([{ behavior: "allow", updatedInput: MKDIR }]);
    expect(auditOf(rig).filter(({ action }) => action.startsWith("approval_"))).toHaveLength(1);
  });

  test("row 23: a machine that slept past its time does not act on an answer that comes too late", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    const turnId = rig.submit("make it");
    const approval = await onePending(rig);
    // The monotonic clock, and the timer with it, stood still meanwhile.
    rig.clock.stepWallClock(600_000);
    expect(codeOf(() => answer(rig, approval))).toBe("approval_expired");
    await rig.core.turns.waitForEnd(turnId);
    expect(asked.decisions).toMatchObject([{ behavior: "deny" }]);
  });

  test("waits as long as the chat's policy says", async () => {
    const rig = await startCore();
    rig.core.policies.set({ botId: "cli" }, "approvalTimeoutMs", 5_000, "owner");
    asking(rig);
    const turnId = rig.submit("make it");
    await onePending(rig);
    await rig.clock.advance(5_000);
    expect((await rig.core.turns.waitForEnd(turnId)).text).toBe("deny");
  });
});

describe("T6: an approval is bound to its turn, its person and what was shown", () => {
  test("T6: another person's answer is refused, audited, and changes nothing", async () => {
    const rig = await startCore();
    asking(rig);
    const turnId = rig.submit("make it", {}, { userId: "42" });
    const approval = await onePending(rig);
    expect(codeOf(() => answer(rig, approval, { userId: "43" }))).toBe("forbidden");
    expect(auditOf(rig).at(-1)).toMatchObject({ actor: "user:43", action: "approval_refused" });
    expect(answer(rig, approval, { userId: "42" })).toMatchObject({ decidedBy: "user:42" });
    await rig.core.turns.waitForEnd(turnId);
  });

  /** The bot's owner, an admin and two users. */
  const people = async (rig: TestCore): Promise<void> => {
    for (const userId of ["1", "2", "42", "43"]) pair(rig.core, "cli", userId);
    rig.database.db.update(accessEntries).set({ role: "admin" }).where(eq(accessEntries.userId, "2")).run();
  };

  test.each(["1", "2", "42"])(
    "T6: %s (owner, admin, requester) may answer: once, for the session, no",
    async (userId) => {
      for (const decision of ["once", "session", "deny"] as const) {
        const rig = await startCore();
        await people(rig);
        asking(rig);
        const turnId = rig.submit("make it", {}, { userId: "42" });
        const approval = await onePending(rig);
        expect(codeOf(() => answer(rig, approval, { userId: "43", decision }))).toBe("forbidden");
        expect(answer(rig, approval, { userId, decision })).toMatchObject({
          decision,
          decidedBy: `user:${userId}`,
        });
        await rig.core.turns.waitForEnd(turnId);
      }
    },
  );

  test("T6: the owner of one bot is nobody at another", async () => {
    const rig = await startCore();
    pair(rig.core, "4242", "1");
    asking(rig);
    rig.submit("make it", {}, { userId: "42" });
    const approval = await onePending(rig);
    expect(codeOf(() => answer(rig, approval, { userId: "1" }))).toBe("forbidden");
    expect(answer(rig, approval).state).toBe("allowed");
  });

  test("T6: a turn without a person is answered by the holder, the owner and admins, by no other user", async () => {
    for (const userId of ["1", "2", undefined]) {
      const rig = await startCore();
      await people(rig);
      asking(rig);
      rig.submit("make it", {}, { userId: null });
      const approval = await onePending(rig);
      expect(codeOf(() => answer(rig, approval, { userId: "42" }))).toBe("forbidden");
      expect(answer(rig, approval, userId === undefined ? {} : { userId }).state).toBe("allowed");
    }
  });

  test("T6: what was shown is what is allowed: another hash, or an input edited since, is refused", async () => {
    const rig = await startCore();
    const asked = asking(rig);
    rig.submit("make it");
    const approval = await onePending(rig);
    expect(codeOf(() => answer(rig, approval, { inputHash: "0".repeat(64) }))).toBe("conflict");
    const edit = (input: string) =>
      rig.database.db.update(approvals).set({ input }).where(eq(approvals.id, approval.id)).run();
    edit(JSON.stringify({ command: "rm -rf ~" }));
    expect(codeOf(() => answer(rig, approval))).toBe("conflict");
    edit(JSON.stringify(MKDIR));
    answer(rig, approval);
    await until(() => asked.decisions.length === 1, "the tool may run");
    expect(asked.decisions).toEqual([{ behavior: "allow", updatedInput: MKDIR }]);
  });

  test("T6: an old approval's answer does not count for the next one of the same call", async () => {
    const rig = await startCore();
    asking(rig);
    const first = rig.submit("one");
    const approval = await onePending(rig);
    answer(rig, approval);
    await rig.core.turns.waitForEnd(first);
    rig.submit("two");
    const second = await onePending(rig);
    expect(second.inputHash).toBe(approval.inputHash);
    expect(codeOf(() => answer(rig, approval))).toBe("approval_decided");
    expect(rig.core.approvals.get(second.id).state).toBe("pending");
  });

  test("T6: hidden and direction-changing characters are shown, and what is long is cut in the middle, counted", async () => {
    const rig = await startCore();
    asking(rig, [
      ["Bash", { command: "echo \u202ehsab | lruc\u202c \u200b# ok" }],
      ["Bash", { command: `echo ${"a".repeat(5_000)}; rm -rf /tmp/x` }],
      ["Bash", { command: `echo 1\n${"\n".repeat(500)}rm -rf /tmp/x` }],
    ]);
    const turnId = rig.submit("make it");
    await pending(rig, 3);
    const shown = events(rig, turnId).flatMap((event) =>
      event.type === "approval_requested" ? [event] : [],
    );
    expect(shown[0]).toMatchObject({
      text: "echo ⟨U+202E⟩hsab | lruc⟨U+202C⟩ ⟨U+200B⟩# ok",
      isCut: false,
    });
    expect(shown[0]?.summary).not.toMatch(/[\u200b\u202a-\u202e]/);
    for (const long of shown.slice(1)) {
      expect(long.isCut).toBe(true);
      expect(long.text).toMatch(/⟨… \d+ …⟩/);
      expect(long.text.endsWith("rm -rf /tmp/x")).toBe(true);
      expect(long.text.length).toBeLessThan(4_000);
    }
    const whole = rig.core.approvals.get(shown[1]?.approvalId ?? "");
    expect(whole.input).toEqual({ command: `echo ${"a".repeat(5_000)}; rm -rf /tmp/x` });
  });
});

describe("while an approval waits", () => {
  test("the limits of silence stand still, and count again afterwards", async () => {
    const rig = await startCore({
      limits: { firstEventMs: 1_000, modelSilenceMs: 2_000, toolSilenceMs: 3_000 },
    });
    let decided = false;
    rig.driver.script = async (turn) => {
      await turn.askPermission("Bash", MKDIR);
      decided = true;
      // And then silence.
    };
    const turnId = rig.submit("make it");
    const approval = await onePending(rig);
    await rig.clock.advance(300_000);
    expect(rig.core.turns.get(turnId)?.state).toBe("running");
    answer(rig, approval);
    await until(() => decided, "the CLI has its answer");
    await rig.clock.advance(1_999);
    expect(rig.core.turns.get(turnId)?.state).toBe("running");
    await rig.clock.advance(1);
    expect(await rig.core.turns.waitForEnd(turnId)).toMatchObject({
      state: "failed",
      errorCode: "cli_silent",
    });
  });

  test("the wall clock limit of an unattended turn stands still, too, and goes on with what was left", async () => {
    const rig = await startCore({ limits: { wallMs: { cron: 60_000 }, modelSilenceMs: 900_000 } });
    const decided: string[] = [];
    rig.driver.script = async (turn) => {
      await rig.clock.advance(20_000);
      decided.push((await turn.askPermission("Bash", MKDIR)).behavior);
    };
    const turnId = rig.submit("make it", {}, { source: "cron" });
    const approval = await onePending(rig);
    await rig.clock.advance(300_000);
    answer(rig, approval);
    await until(() => decided.length === 1, "the CLI has its answer");
    await rig.clock.advance(39_999);
    expect(rig.core.turns.get(turnId)?.state).toBe("running");
    await rig.clock.advance(1);
    expect((await rig.core.turns.waitForEnd(turnId)).state).toBe("failed");
  });

  test("a front end that connects is told of it with the turn", async () => {
    const rig = await startCore();
    asking(rig);
    rig.submit("make it", {}, { deliver: true });
    const approval = await onePending(rig);
    const opened = () =>
      rig.frontEnd("cli").events.flatMap((event) => (event.type === "turn_opened" ? [event.turn] : []));
    expect(opened()).toMatchObject([
      { approvals: [{ approvalId: approval.id, text: "mkdir made", inputHash: approval.inputHash }] },
    ]);
    rig.driver.script = () => undefined;
    answer(rig, approval, { decision: "deny" });
    expect(opened()[0]?.approvals ?? []).toEqual([]);
  });

  test.each<[string, (rig: TestCore, turn: FakeTurn, cancel: AbortController) => void]>([
    [
      "the person stops the turn",
      (rig) => void rig.core.chats.stop({ botId: "cli", chatId: "main", threadId: "" }),
    ],
    ["the process dies", (_, turn) => turn.session.crash()],
    ["the CLI takes its question back", (_, _turn, cancel) => cancel.abort()],
    ["the turn ends", (_, turn) => turn.answer("never mind")],
  ])("it is withdrawn when %s", async (_, end) => {
    const rig = await startCore();
    const cancel = new AbortController();
    let running: FakeTurn | null = null;
    rig.driver.script = async (turn) => {
      running = turn;
      await turn.askPermission("Bash", MKDIR, { signal: cancel.signal });
    };
    rig.submit("make it");
    const approval = await onePending(rig);
    end(rig, running as unknown as FakeTurn, cancel);
    await until(() => rig.core.approvals.get(approval.id).state === "withdrawn", "it is withdrawn");
    expect(codeOf(() => answer(rig, approval))).toBe("approval_withdrawn");
  });
});

test("answered approvals are kept for 30 days, what they were called with no longer", async () => {
  const rig = await startCore();
  asking(rig);
  const turnId = rig.submit("make it");
  answer(rig, await onePending(rig));
  await rig.core.turns.waitForEnd(turnId);
  const sweepAfter = async (days: number) => {
    const decidedAt = rig.clock.now() - days * 86_400_000;
    rig.database.db.update(approvals).set({ decidedAt }).run();
    await rig.core.housekeeping.dropOld();
  };
  await sweepAfter(29);
  expect(rig.core.approvals.list({})).toHaveLength(1);
  await sweepAfter(31);
  expect(rig.core.approvals.list({})).toEqual([]);
  expect(auditOf(rig).some(({ action }) => action === "approval_allowed")).toBe(true);
});

describe("doors that cannot ask", () => {
  test.each(["gateway", "cron", "mcp"] as const)(
    "%s is denied at once where the policy says so",
    async (source) => {
      const rig = await startCore();
      rig.core.policies.set({ botId: "cli" }, "unattended", "deny", "owner");
      const asked = asking(rig);
      const turnId = rig.submit("make it", {}, { source });
      await rig.core.turns.waitForEnd(turnId);
      expect(asked.decisions).toMatchObject([{ behavior: "deny" }]);
      const [denied] = asked.decisions;
      if (denied?.behavior !== "deny") throw new Error("unreachable: just compared");
      expect(denied.message).toContain("steward settings add allowRules 'Bash(mkdir made *)' --bot cli");
      expect(rig.core.approvals.list({})).toMatchObject([
        { state: "denied", decidedBy: "policy:unattended" },
      ]);
      expect(auditOf(rig).at(-1)).toMatchObject({ actor: "policy:unattended", action: "approval_denied" });
    },
  );

  test("have their questions shown to the owner otherwise; Telegram, web and terminal always ask", async () => {
    const rig = await startCore();
    asking(rig);
    rig.submit("make it", {}, { source: "gateway" });
    answer(rig, await onePending(rig));
    rig.core.policies.set({}, "unattended", "deny", "owner");
    for (const source of ["telegram", "web", "cli", "background"] as const) {
      const turnId = rig.submit("make it", { chatId: source }, { source });
      answer(rig, await onePending(rig));
      expect((await rig.core.turns.waitForEnd(turnId)).text).toBe("allow");
    }
  });

  test("a rule's quotes cannot leave the command that is named", async () => {
    const rig = await startCore();
    rig.core.policies.set({}, "unattended", "deny", "owner");
    const asked = asking(rig, [["Bash", MKDIR]], {
      suggestions: [{ ...RULE, rules: [{ toolName: "Bash", ruleContent: "echo '; rm -rf ~; '" }] }],
    });
    await rig.core.turns.waitForEnd(rig.submit("make it", {}, { source: "gateway" }));
    const [denied] = asked.decisions;
    if (denied?.behavior !== "deny") throw new Error("it was allowed");
    expect(denied.message).toContain(`'Bash(echo '\\''; rm -rf ~; '\\'')'`);
  });
});

describe("a question of the agent's", () => {
  const COLOUR = "Which colour?";
  const INPUT = {
    questions: [
      {
        question: COLOUR,
        header: "Colour",
        multiSelect: false,
        options: [
          { label: "Red", description: "warm" },
          { label: "Bl\u200bue", description: "cold" },
        ],
      },
      {
        question: "Which fruits?",
        header: "Fruits",
        multiSelect: true,
        options: [{ label: "Apple" }, { label: "Pear" }],
      },
    ],
  };

  const asked = async (): Promise<{ rig: TestCore; approval: Approval; asked: Asked; turnId: string }> => {
    const rig = await startCore();
    const decisions = asking(rig, [["AskUserQuestion", INPUT]], {});
    const turnId = rig.submit("ask me");
    return { rig, turnId, asked: decisions, approval: await onePending(rig) };
  };

  test("is shown with its options and answered with labels or words of one's own", async () => {
    const { rig, approval, asked: decisions, turnId } = await asked();
    expect(approval).toMatchObject({
      kind: "question",
      summary: COLOUR,
      rule: null,
      questions: [
        { question: COLOUR, multiSelect: false, options: [{ label: "Red" }, { label: "Bl⟨U+200B⟩ue" }] },
        { question: "Which fruits?", multiSelect: true, options: [{ label: "Apple" }, { label: "Pear" }] },
      ],
    });
    const answers = { [COLOUR]: ["Bl⟨U+200B⟩ue"], "Which fruits?": ["Apple", "quince"] };
    answer(rig, approval, { answers });
    await rig.core.turns.waitForEnd(turnId);
    expect(decisions.decisions).toEqual([
      {
        behavior: "allow",
        updatedInput: { ...INPUT, answers: { [COLOUR]: "Bl\u200bue", "Which fruits?": "Apple, quince" } },
      },
    ]);
  });

  test.each([
    ["nothing", {}],
    ["one of two", { answers: { [COLOUR]: ["Red"] } }],
    ["two where one is possible", { answers: { [COLOUR]: ["Red", "Blue"], "Which fruits?": ["Apple"] } }],
    ["a question nobody asked", { answers: { [COLOUR]: ["Red"], "Which fruits?": ["Pear"], other: ["x"] } }],
    ["for the session", { decision: "session", answers: { [COLOUR]: ["Red"], "Which fruits?": ["Pear"] } }],
  ])("is not answered with %s, and goes on waiting", async (_, more) => {
    const { rig, approval } = await asked();
    expect(codeOf(() => answer(rig, approval, more))).toBe("validation_failed");
    expect(rig.core.approvals.get(approval.id).state).toBe("pending");
  });

  test("can be turned down", async () => {
    const { rig, approval, asked: decisions, turnId } = await asked();
    answer(rig, approval, { decision: "deny", message: "you choose" });
    await rig.core.turns.waitForEnd(turnId);
    expect(decisions.decisions).toMatchObject([{ message: expect.stringContaining("you choose") as string }]);
  });

  test("is bounded, however long it is, and says so; it can be answered as it was shown", async () => {
    const rig = await startCore();
    const long = (end: string) => `${"why ".repeat(3_000)}${end.repeat(1_000)}`;
    const labels = [`${"red ".repeat(500)}!`, "blue"];
    const ask = (question: string) => ({ question, options: labels.map((label) => ({ label })) });
    const decisions = asking(rig, [["AskUserQuestion", { questions: [ask(long("?")), ask(long("?"))] }]], {});
    const turnId = rig.submit("ask me");
    const approval = await onePending(rig);
    const [first, second] = approval.questions ?? [];
    expect(approval.isCut).toBe(true);
    expect(first?.question).toMatch(/⟨… \d+ …⟩/);
    expect(first?.question.length).toBeLessThan(2_100);
    expect(second?.question).not.toBe(first?.question);
    expect(first?.options[0]?.label.length).toBeLessThan(320);
    const answers = {
      [first?.question ?? ""]: [first?.options[0]?.label],
      [second?.question ?? ""]: ["blue"],
    };
    const body = decideApproval.request.body.content["application/json"].schema;
    expect(body.parse({ decision: "once", inputHash: approval.inputHash, answers })).toMatchObject({
      answers,
    });
    answer(rig, approval, { answers });
    await rig.core.turns.waitForEnd(turnId);
    expect(decisions.decisions).toMatchObject([{ updatedInput: { answers: { [long("?")]: "blue" } } }]);
  });

  test("with more options than anybody could read is a tool like any other", async () => {
    const rig = await startCore();
    const options = Array.from({ length: 500 }, (_, index) => ({ label: `option ${index}` }));
    asking(rig, [["AskUserQuestion", { questions: [{ question: "Which?", options }] }]], {});
    rig.submit("ask me");
    const approval = await onePending(rig);
    expect(approval).toMatchObject({ kind: "tool", questions: null, isCut: true });
    expect(approval.text.length).toBeLessThan(4_000);
  });

  test("without questions that can be shown is a tool like any other", async () => {
    const rig = await startCore();
    asking(rig, [["AskUserQuestion", { questions: "none" }]], {});
    rig.submit("ask me");
    expect(await onePending(rig)).toMatchObject({ kind: "tool", questions: null });
  });
});

describe("a plan", () => {
  const PLAN = { plan: "# Plan\n1. do it", planFilePath: "/home/u/.claude/plans/x.md" };

  test("is shown, and approved or sent back with what should be different", async () => {
    const rig = await startCore();
    const asked = asking(rig, [["ExitPlanMode", PLAN]], {});
    const first = rig.submit("plan it");
    const approval = await onePending(rig);
    expect(approval).toMatchObject({ kind: "plan", rule: null });
    expect(approval.text).toMatch(/^# Plan\n1\. do it/);
    answer(rig, approval, { decision: "deny", message: "shorter" });
    await rig.core.turns.waitForEnd(first);
    expect(asked.decisions).toMatchObject([
      { behavior: "deny", message: expect.stringMatching(/plan.*shorter/) as string },
    ]);
    const second = rig.submit("again");
    answer(rig, await onePending(rig));
    await rig.core.turns.waitForEnd(second);
    expect(asked.decisions).toEqual([{ behavior: "allow", updatedInput: PLAN }]);
  });
});
