import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { archiveChat, listArchives } from "@steward/contract/archives";
import { getChatStatus } from "@steward/contract/chats";
import { getTurn, submitTurn } from "@steward/contract/turns";
import { describe, expect, onTestFinished, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const chat = { botId: "web", chatId: "main", threadId: "" };

const start = async (cli: string): Promise<Rig> => {
  const rig = await startRig({ cli });
  onTestFinished(() => rig.close());
  return rig;
};

let key = 0;
const ask = async (rig: Rig, text: string): Promise<string> => {
  key += 1;
  const { turnId } = await rig
    .client()
    .call(submitTurn, { headers: { "idempotency-key": String(key) }, body: { ...chat, text } });
  const ended = ["done", "failed", "interrupted", "cancelled"];
  const turn = () => rig.client().call(getTurn, { params: { turnId } });
  await expect.poll(async () => ended.includes((await turn()).state), { timeout: 40_000 }).toBe(true);
  return (await turn()).text;
};
const workspaceOf = async (rig: Rig): Promise<string> =>
  (await rig.client().call(getChatStatus, { query: chat })).conversation?.cwd ?? "";
const transcriptsOf = (rig: Rig): string[] => {
  const projects = join(rig.env.HOME ?? "", ".claude", "projects");
  if (!existsSync(projects)) return [];
  return readdirSync(projects, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".jsonl"),
  );
};

/** What the sandbox puts where settings could be planted, while a session is awake or after its service was killed. */
const PLACEHOLDERS: readonly string[] = [".claude", ".mcp.json", ".envrc", ".vscode", ".idea"];

/** Without the sandbox's own placeholders, which are there while a session is awake. */
const filesIn = (workspace: string): string[] =>
  readdirSync(workspace).filter((name) => !PLACEHOLDERS.includes(name));

/** A chat that has said something and has a file. */
const furnish = async (rig: Rig): Promise<string> => {
  await ask(rig, "SAY:the code word is walnut");
  const workspace = await workspaceOf(rig);
  writeFileSync(join(workspace, "notes.txt"), "beans\n");
  return workspace;
};

describe.each(cliVersions())("an archived chat on the $name", ({ path }) => {
  test("is gone from the disk, and its next message has files and context again", async () => {
    const rig = await start(path);
    const workspace = await furnish(rig);
    // The CLI writes it down a moment after it has answered.
    await expect.poll(() => transcriptsOf(rig).length, { timeout: 10_000 }).toBeGreaterThan(0);
    const transcripts = transcriptsOf(rig);
    await rig.client().call(archiveChat, { body: chat });
    expect(existsSync(workspace)).toBe(false);
    expect(transcriptsOf(rig)).toEqual([]);
    expect(rig.cliProcesses()).toEqual([]);
    expect(await ask(rig, "RECALL")).toContain("walnut");
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
    expect(transcriptsOf(rig)).toEqual(transcripts);
  });
});

describe("a service that is killed", () => {
  const [cli] = cliVersions();

  test.each([
    "archive.packed",
    "archive.renamed",
    "archive.committed",
    // The first root is the workspace, the second the transcript.
    "archive.put_aside:1",
    "archive.put_aside:2",
  ])("while it packs a chat away, at %s, loses nothing", async (point) => {
    const rig = await start(cli?.path ?? "");
    const workspace = await furnish(rig);
    await rig.api.end("SIGTERM");
    const [name, pass = "1"] = point.split(":");
    await rig.startApi({ STEWARD_FAILPOINTS: `${name}=kill:${pass}` });
    await expect(rig.client().call(archiveChat, { body: chat })).rejects.toThrow();
    await rig.api.exited;
    await rig.startApi();
    expect(await ask(rig, "RECALL")).toContain("walnut");
    expect(filesIn(workspace)).toEqual(["notes.txt"]);
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
  });

  test("while it brings a chat back, loses nothing and runs the message once", async () => {
    const rig = await start(cli?.path ?? "");
    const workspace = await furnish(rig);
    await rig.client().call(archiveChat, { body: chat });
    await rig.api.end("SIGTERM");
    await rig.startApi({ STEWARD_FAILPOINTS: "restore.unpacked=kill" });
    const headers = { "idempotency-key": "survivor" };
    const { turnId } = await rig
      .client()
      .call(submitTurn, { headers, body: { ...chat, text: "SAY:here again" } });
    await rig.api.exited;
    await rig.startApi();
    const turn = () => rig.client().call(getTurn, { params: { turnId } });
    await expect.poll(async () => (await turn()).state, { timeout: 40_000 }).toBe("done");
    const asked = rig.model.requests.filter(({ kind, prompt }) => kind === "turn" && prompt.includes("here"));
    expect(asked).toHaveLength(1);
    expect(filesIn(workspace)).toEqual(["notes.txt"]);
    expect(readdirSync(dirname(workspace))).toEqual(["main"]);
    expect((await rig.client().call(listArchives))[0]?.restoredAt).not.toBeNull();
    expect(await ask(rig, "RECALL")).toContain("walnut");
  });
});
