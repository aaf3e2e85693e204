import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getChatStatus } from "@steward/contract/chats";
import { system } from "@steward/contract/health";
import { setPolicy } from "@steward/contract/policies";
import { getTurn, submitTurn } from "@steward/contract/turns";
import { findBubblewrap } from "@steward/platform/sandbox";
import { afterEach, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const found = await findBubblewrap(process.env);
if (!found.ok) console.warn(`the sandbox is not tested here: ${found.reason}: ${found.detail}`);

const CHAT = { botId: "web", chatId: "ada", threadId: "" };
const TERMINAL = new Set(["done", "failed", "interrupted", "cancelled"]);

let rig: Rig | undefined;
const servers: { close(): void }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rig?.close();
  rig = undefined;
});

const ask = async (text: string) => {
  if (!rig) throw new Error("no rig");
  const client = rig.client();
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { ...CHAT, text },
  });
  for (const deadline = Date.now() + 50_000; Date.now() < deadline; ) {
    const turn = await client.call(getTurn, { params: { turnId } });
    if (TERMINAL.has(turn.state)) return turn;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the turn did not end");
};
const setting = async () => (await rig?.client().call(system, {}))?.sandbox;
const restartWith = async (sandbox: string) => {
  await rig?.api.end("SIGTERM");
  await rig?.startApi({ STEWARD_SANDBOX: sandbox });
};
const bash = (command: string) => `TOOL:Bash:${JSON.stringify({ command, description: "look" })}`;

describe.skipIf(!found.ok).each(cliVersions())("the sandbox with the $name", ({ path }) => {
  test("a conversation goes on when the sandbox is switched off and on again", async () => {
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: "require" } });
    expect(await setting()).toMatchObject({ setting: "require", active: true, problem: null });
    await ask("SAY:the code word is walnut");
    await restartWith("off");
    expect(await setting()).toMatchObject({ setting: "off", active: false });
    expect((await ask("RECALL")).text).toContain("walnut");
    await restartWith("auto");
    expect(await setting()).toMatchObject({ setting: "auto", active: true });
    const recalled = await ask("RECALL");
    expect(recalled.text).toContain("walnut");
    expect(recalled.text).toMatch(/recall: 2/);
  });

  test("what stands in the working directory is no instruction: no CLAUDE.md, settings or servers of it are taken", async () => {
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: "require" } });
    const workspace = join(rig.home, "workspaces", "web", "ada");
    mkdirSync(join(workspace, ".claude"), { recursive: true });
    writeFileSync(join(workspace, "CLAUDE.md"), "canary-instruction");
    writeFileSync(
      join(workspace, ".claude/settings.json"),
      JSON.stringify({
        hooks: { UserPromptSubmit: [{ hooks: [{ type: "command", command: "touch hook-ran" }] }] },
      }),
    );
    await ask("SAY:hello");
    const bodies = rig.model.requests.map(({ request }) => JSON.stringify(request)).join("\n");
    expect(bodies).toContain("SAY:hello");
    expect(bodies).not.toContain("canary-instruction");
    expect(bodies).not.toContain("hook-ran");
  });

  test("its pid is the CLI's, and commands reach the hosts of the policy, no others", async () => {
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: "require" } });
    const page: Server = createServer((_, answer) => answer.end("the page"));
    servers.push(page);
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
    const { port } = page.address() as AddressInfo;
    const set = (name: "permissionMode" | "bashNetwork", value: unknown) =>
      rig?.client().call(setPolicy, { body: { ...CHAT, name, value } });
    await ask("SAY:hello");
    await set("permissionMode", "bypassPermissions");
    await set("bashNetwork", [`127.0.0.1:${port}`]);
    await restartWith("require");
    const fetchPage = bash(`curl -s -m 5 --noproxy '' -x "$http_proxy" http://127.0.0.1:${port}/`);
    expect((await ask(fetchPage)).text).toContain("the page");
    const other = await ask(bash(`curl -s -m 5 --noproxy '' -x "$http_proxy" http://127.0.0.1:${port + 1}/`));
    expect(other.text).toContain("not on the list");
    const { session } = await rig.client().call(getChatStatus, { query: CHAT });
    expect(rig.cliProcesses().map(({ pid }) => pid)).toContain(session.pid);
  });

  test("when the owner replaces what is guarded, no further tool runs in that turn, and the next one has guards again", async () => {
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: "require" } });
    await rig.client().call(setPolicy, { body: { name: "permissionMode", value: "bypassPermissions" } });
    const workspace = join(rig.home, "workspaces", "web", "ada");
    const config = join(workspace, ".git/config");
    mkdirSync(workspace, { recursive: true });
    const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace });
    git("init", "-q");
    const plant = bash("printf '[evil]\\n' >> .git/config && echo planted-$((40+2))");
    const turn = ask(`${bash("touch ready; while [ ! -e go ]; do sleep 0.05; done")}\n${plant}`);
    await expect.poll(() => existsSync(join(workspace, "ready")), { timeout: 30_000 }).toBe(true);
    expect(git("status", "--porcelain").toString()).toBe("?? ready\n");
    git("config", "user.name", "the owner");
    writeFileSync(join(workspace, "go"), "");
    expect((await turn).text).toContain("changed outside while you work");
    expect(readFileSync(config, "utf8")).not.toContain("evil");
    const next = await ask(`${bash("echo working-$((40+2))")}\n${plant}`);
    expect(next.text).toContain("working-42");
    expect(next.text).not.toContain("planted-42");
    expect(readFileSync(config, "utf8")).not.toContain("evil");
  });

  test("what a killed service has placed beside the owner's files goes with the next start", async () => {
    rig = await startRig({ cli: path, apiEnv: { STEWARD_SANDBOX: "require" } });
    await ask("SAY:hello");
    const workspace = join(rig.home, "workspaces", "web", "ada");
    expect(readdirSync(workspace)).toContain(".mcp.json");
    await rig.api.end("SIGKILL");
    expect(readdirSync(workspace)).toContain(".mcp.json");
    await rig.startApi({ STEWARD_SANDBOX: "off" });
    expect(readdirSync(workspace).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("without an endpoint of its own it goes to Anthropic's through the owner's proxy, and to nobody else", async () => {
    const asked: string[] = [];
    const proxy = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (head) => {
        asked.push(/^CONNECT (\S+)/.exec(head.toString("latin1"))?.[1] ?? "no tunnel");
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      });
    });
    servers.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    rig = await startRig({
      cli: path,
      apiEnv: {
        STEWARD_SANDBOX: "require",
        ANTHROPIC_BASE_URL: "",
        HTTPS_PROXY: `http://127.0.0.1:${port}`,
      },
    });
    expect((await ask("SAY:never")).state).toBe("failed");
    expect(new Set(asked)).toEqual(new Set(["api.anthropic.com:443"]));
  });
});

describe("where there is no bubblewrap", () => {
  const [cli] = cliVersions();
  const without = (sandbox: string) => {
    const folder = mkdtempSync(join(tmpdir(), "steward-empty-path-"));
    servers.push({ close: () => rmSync(folder, { recursive: true }) });
    return { STEWARD_SANDBOX: sandbox, PATH: folder };
  };

  test("`require` refuses to start and says how to mend it", async () => {
    await expect(startRig({ cli: cli?.path ?? "", apiEnv: without("require") })).rejects.toThrow(
      /STEWARD_SANDBOX is "require".*bubblewrap is not installed/,
    );
  });

  test("`auto` starts, says so, and refuses to let Claude work without asking", async () => {
    rig = await startRig({ cli: cli?.path ?? "", apiEnv: without("auto") });
    expect(await setting()).toMatchObject({ active: false, problem: "missing" });
    const body = { name: "permissionMode", value: "bypassPermissions" } as const;
    await expect(rig.client().call(setPolicy, { body })).rejects.toMatchObject({ code: "conflict" });
    expect((await ask("SAY:works all the same")).text).toBe("works all the same");
  });
});
