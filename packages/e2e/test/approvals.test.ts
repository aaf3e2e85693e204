import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Approval, decideApproval, getApproval, listApprovals } from "@steward/contract/approvals";
import { getChatStatus, newConversation, stopChat } from "@steward/contract/chats";
import { gatewaySend } from "@steward/contract/gateway";
import { type PolicyName, setPolicy } from "@steward/contract/policies";
import { getTurn, submitTurn, type Turn } from "@steward/contract/turns";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const WAIT = { timeout: 30_000 };

describe.each(cliVersions())("permissions on the $name", ({ path }) => {
  let rig: Rig;
  let readable: string;
  let chats = 0;
  let keys = 0;

  beforeAll(async () => {
    // Where there is a sandbox, this is all of the owner's own that can be seen in it.
    readable = realpathSync(mkdtempSync(join(tmpdir(), "steward-approvals-")));
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX_READ: readable } });
  });
  afterAll(async () => {
    await rig.close();
    rmSync(readable, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(rig.model.violations.map(({ message }) => message)).toEqual([]);
    rig.model.reset();
  });

  /** A chat of its own, with what a test does in it. */
  const openChat = () => {
    const address = { botId: "web", chatId: `c${++chats}`, threadId: "" };
    const workspace = join(rig.home, "workspaces", address.botId, address.chatId);
    const query = { botId: address.botId, chatId: address.chatId };
    return {
      address,
      query,
      send: async (text: string): Promise<string> => {
        const headers = { "idempotency-key": `k${++keys}` };
        return (await rig.client().call(submitTurn, { headers, body: { ...address, text } })).turnId;
      },
      asked: async (count = 1): Promise<Approval[]> => {
        const pending = () => rig.client().call(listApprovals, { query: { ...query, state: "pending" } });
        await expect.poll(async () => (await pending()).length, WAIT).toBe(count);
        return await pending();
      },
      all: () => rig.client().call(listApprovals, { query }),
      set: (name: PolicyName, value: unknown) =>
        rig.client().call(setPolicy, { body: { ...address, name, value } }),
      pid: async () => (await rig.client().call(getChatStatus, { query: address })).session.pid,
      /** Lines of a file in the workspace: how often a command ran. */
      lines: (name: string): string[] => {
        const file = join(workspace, name);
        return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
      },
    };
  };
  type Chat = ReturnType<typeof openChat>;

  const ended = async (turnId: string): Promise<Turn> => {
    const get = () => rig.client().call(getTurn, { params: { turnId } });
    await expect
      .poll(async () => ["done", "failed", "interrupted", "cancelled"].includes((await get()).state), WAIT)
      .toBe(true);
    return await get();
  };
  const decide = ({ id, inputHash }: Approval, body: object = {}): Promise<Approval> =>
    rig.client().call(decideApproval, {
      params: { approvalId: id },
      body: { decision: "once", inputHash, ...body },
    });
  const only = async (chat: Chat): Promise<Approval> => {
    const [approval] = await chat.asked();
    if (!approval) throw new Error("unreachable: asked() has counted");
    return approval;
  };
  const bash = (command: string): string => `TOOL:Bash:${JSON.stringify({ command })}`;
  const APPEND = "printf 'ran\\n' >> proof.txt";

  test("allowed once, a tool runs exactly once, after its start was noted; the next time is asked again", async () => {
    const chat = openChat();
    const first = await chat.send(bash(APPEND));
    const approval = await only(chat);
    expect(approval).toMatchObject({ kind: "tool", toolName: "Bash", text: APPEND, turnId: first });
    expect(await rig.client().call(getTurn, { params: { turnId: first } })).toMatchObject({
      state: "running",
      startedTools: true,
    });
    expect(chat.lines("proof.txt")).toEqual([]);
    expect(await decide(approval)).toMatchObject({ state: "allowed", decidedBy: "owner" });
    expect((await ended(first)).state).toBe("done");
    expect(chat.lines("proof.txt")).toEqual(["ran"]);
    await expect(decide(approval)).rejects.toMatchObject({ status: 409, code: "approval_decided" });

    const second = await chat.send(`again ${bash(APPEND)}`);
    await decide(await only(chat), { decision: "deny" });
    await ended(second);
    expect(chat.lines("proof.txt")).toEqual(["ran"]);
  });

  test("allowed for the session, it is not asked about again there, and is in the next conversation", async () => {
    const chat = openChat();
    const first = await chat.send(bash("mkdir -p one/two"));
    const approval = await only(chat);
    expect(approval.rule).toContain("Bash(mkdir");
    await decide(approval, { decision: "session" });
    await ended(first);
    expect((await ended(await chat.send(`again ${bash("mkdir -p one/two")}`))).state).toBe("done");
    expect(await chat.all()).toHaveLength(1);
    // Neither a mode nor a settings file came with it.
    const other = await chat.send(bash("printf x >> other.txt"));
    await decide(await only(chat), { decision: "deny" });
    await ended(other);
    for (const name of ["settings.json", "settings.local.json"]) {
      const file = join(rig.home, "workspaces/web", chat.address.chatId, ".claude", name);
      expect(existsSync(file)).toBe(false);
    }

    await rig.client().call(newConversation, { body: chat.address });
    const anew = await chat.send(bash("mkdir -p one/two"));
    await decide(await only(chat));
    await ended(anew);
  });

  test("denied, it does not run and the model hears the person's words", async () => {
    const chat = openChat();
    const turnId = await chat.send(bash(APPEND));
    await decide(await only(chat), { decision: "deny", message: "use another folder" });
    expect((await ended(turnId)).text).toContain("use another folder");
    expect(chat.lines("proof.txt")).toEqual([]);
  });

  test("tools called together are asked about together and answered one by one", async () => {
    const chat = openChat();
    const folder = join(readable, `outside-${chats}`);
    mkdirSync(folder);
    for (const name of ["a", "b"]) writeFileSync(join(folder, name), `content of ${name}`);
    rig.model.script(async ({ exchange, conversation }) => {
      if (conversation.rounds.length > 0) return false;
      const writer = await exchange.begin({ inputTokens: 1 });
      for (const name of ["a", "b"]) {
        await writer.toolUse({
          id: `toolu_${name}${chats}`,
          name: "Read",
          input: { file_path: join(folder, name) },
        });
      }
      await writer.finish();
      return true;
    });
    const turnId = await chat.send("read both");
    const [a, b] = await chat.asked(2);
    if (!a || !b) throw new Error("unreachable: asked() has counted");
    expect([a.summary, b.summary]).toEqual([join(folder, "a"), join(folder, "b")]);
    await decide(b, { decision: "deny", message: "b is private" });
    expect(await chat.asked(1)).toMatchObject([{ id: a.id }]);
    await decide(a);
    const { text } = await ended(turnId);
    expect(text).toContain("content of a");
    expect(text).not.toContain("content of b");
    expect(text).toContain("b is private");
  });

  test("a sub-agent's tool is asked about under its turn, and runs when it is allowed", async () => {
    const chat = openChat();
    const call = { description: "make it", prompt: bash(APPEND), subagent_type: "general-purpose" };
    const turnId = await chat.send(`TOOL:Agent:${JSON.stringify(call)}`);
    const approval = await only(chat);
    expect(approval).toMatchObject({ turnId, toolName: "Bash", text: APPEND });
    await decide(approval);
    await expect.poll(() => chat.lines("proof.txt"), WAIT).toEqual(["ran"]);
    await ended(turnId);
  });

  test("a question is answered by label and in words of one's own", async () => {
    const chat = openChat();
    const questions = [
      { question: "Which colour?", header: "Colour", multiSelect: false, options: options("Red", "Blue") },
      { question: "Which fruits?", header: "Fruits", multiSelect: true, options: options("Apple", "Pear") },
    ];
    const turnId = await chat.send(`TOOL:AskUserQuestion:${JSON.stringify({ questions })}`);
    const approval = await only(chat);
    expect(approval).toMatchObject({ kind: "question", questions });
    await decide(approval, { answers: { "Which colour?": ["Blue"], "Which fruits?": ["Pear", "quince"] } });
    const { text } = await ended(turnId);
    expect(text).toContain('"Which colour?"="Blue"');
    expect(text).toContain('"Which fruits?"="Pear, quince"');
  });

  test("a plan is sent back with what should change, then approved; from then on tools are asked about", async () => {
    const chat = openChat();
    await ended(await chat.send("hello"));
    const pid = await chat.pid();
    await chat.set("permissionMode", "plan");
    await ended(await chat.send("think first"));
    // The mode reached the living process.
    expect(await chat.pid()).toBe(pid);
    const told = JSON.stringify(rig.model.requests.map(({ request }) => request));
    const planFile = /[^"\\ `]*\/plans\/[a-z-]+\.md/.exec(told)?.[0];
    if (planFile === undefined) throw new Error("the CLI did not name its plan file");
    const write = `TOOL:Write:${JSON.stringify({ file_path: planFile, content: "1. make it" })}`;
    const first = await chat.send(`${write}\nTOOL:ExitPlanMode:{}`);
    const approval = await only(chat);
    expect(approval).toMatchObject({ kind: "plan", rule: null });
    expect(approval.text).toContain("1. make it");
    await decide(approval, { decision: "deny", message: "shorter, please" });
    expect((await ended(first)).text).toContain("shorter, please");

    const second = await chat.send(`now TOOL:ExitPlanMode:{}\n${bash(APPEND)}`);
    const again = await only(chat);
    expect(again.kind).toBe("plan");
    await decide(again);
    const tool = await only(chat);
    expect(tool).toMatchObject({ kind: "tool", text: APPEND });
    await decide(tool);
    expect((await ended(second)).state).toBe("done");
    expect(chat.lines("proof.txt")).toEqual(["ran"]);
  });

  test("a person's stop withdraws what is asked", async () => {
    const chat = openChat();
    const turnId = await chat.send(bash(APPEND));
    const approval = await only(chat);
    await rig.client().call(stopChat, { body: chat.address });
    expect((await ended(turnId)).state).toBe("cancelled");
    await expect(decide(approval)).rejects.toMatchObject({ status: 410, code: "approval_withdrawn" });
    expect(chat.lines("proof.txt")).toEqual([]);
  });

  test("row 23: unanswered, it is denied when its time is over and the model is told", async () => {
    const chat = openChat();
    await ended(await chat.send("hello"));
    await chat.set("approvalTimeoutMs", 1_000);
    const turnId = await chat.send(bash(APPEND));
    expect((await ended(turnId)).text).toContain("Nobody answered");
    const [approval] = await chat.all();
    if (!approval) throw new Error("nothing was asked");
    expect(approval.state).toBe("expired");
    await expect(decide(approval)).rejects.toMatchObject({ status: 410, code: "approval_expired" });
    expect(chat.lines("proof.txt")).toEqual([]);
  });

  test("the mode of a warm session is switched live; allow rules come with a resumed process, for exactly what they say", async () => {
    const chat = openChat();
    await ended(await chat.send("SAY:the word is walnut"));
    const pid = await chat.pid();
    await chat.set("permissionMode", "acceptEdits");
    await ended(await chat.send(bash("mkdir by-mode")));
    expect(await chat.pid()).toBe(pid);
    await chat.set("permissionMode", "default");
    await chat.set("allowRules", ["Bash(printf *)", "Bash(git log --format=%h,%s)"]);
    const ruled = await chat.send(`RECALL ${bash("printf x")}`);
    expect((await ended(ruled)).state).toBe("done");
    expect(await chat.all()).toEqual([]);
    expect(await chat.pid()).not.toBe(pid);
    expect((await ended(await chat.send("RECALL"))).text).toContain("walnut");
    const more = await chat.send(bash("printf x; mkdir not-by-rule"));
    await decide(await only(chat), { decision: "deny" });
    await ended(more);
  });

  test("the gateway's questions are shown to the owner, or denied at once with the way to allow them", async () => {
    const chat = openChat();
    const asking = rig.client().call(gatewaySend, {
      body: { bot_id: "web", chat_id: chat.address.chatId, message: bash(APPEND) },
    });
    await decide(await only(chat));
    await asking;
    expect(chat.lines("proof.txt")).toEqual(["ran"]);
    await chat.set("unattended", "deny");
    const denied = await rig.client().call(gatewaySend, {
      body: { bot_id: "web", chat_id: chat.address.chatId, message: `again ${bash(APPEND)}` },
    });
    expect(JSON.stringify(denied)).toContain("steward settings add allowRules");
    expect(chat.lines("proof.txt")).toEqual(["ran"]);
  });

  test("row 23: killed and started again while it is asked: expired, the turn is told as unfinished, nothing has run", async () => {
    const chat = openChat();
    const turnId = await chat.send(bash(APPEND));
    const approval = await only(chat);
    await rig.api.end("SIGKILL");
    await rig.startApi();
    expect(await ended(turnId)).toMatchObject({ state: "interrupted", errorCode: "interrupted_by_restart" });
    const { state } = await rig.client().call(getApproval, { params: { approvalId: approval.id } });
    expect(state).toBe("expired");
    await expect(decide(approval)).rejects.toMatchObject({ status: 410, code: "approval_expired" });
    expect(chat.lines("proof.txt")).toEqual([]);
  });
});

const options = (...labels: string[]) => labels.map((label) => ({ label, description: `${label} it is` }));
