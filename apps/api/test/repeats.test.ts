import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiError } from "@steward/client/api-error";
import type { Endpoint } from "@steward/contract/endpoint";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { type ChangingEndpoint, type KeptEndpoint, keepsAnswers, REPEATS } from "@steward/contract/repeats";
import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };

interface Request {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: Record<string, unknown>;
}
/** Makes ready for it; then the request, and another one that must not go by the same key (null: there is none). */
type Sample = (api: ApiFixture) => Promise<[Request, Request | null]>;

const submit = (api: ApiFixture, key: string): Promise<{ turnId: string }> =>
  api.client.call(ENDPOINTS.submitTurn, {
    headers: { "idempotency-key": key },
    body: { ...chat, text: key },
  });
const until = (condition: () => boolean) => expect.poll(condition).toBe(true);
const keepRunning = async (api: ApiFixture): Promise<void> => {
  api.driver.script = (turn) => turn.delta("working");
  const { turnId } = await submit(api, "long");
  await until(() => api.core.turns.get(turnId)?.text === "working");
};
const upload = async (api: ApiFixture, idempotencyKey: string): Promise<string> => {
  const content = (async function* () {
    yield Buffer.from("words");
  })();
  const signal = new AbortController().signal;
  const file = { address: chat, name: "a.txt", idempotencyKey, announcedBytes: null, content, signal };
  return (await api.core.files.receive(file)).id;
};
const codeFor = (api: ApiFixture, userId: string): string =>
  api.core.access.requestPairing({ botId: "7", userId, chatId: userId, username: null, name: null }).code;
const directory = (api: ApiFixture, name: string): string => {
  // Beside the data directory, which may be no project.
  const path = `${api.workspaces}-${name}`;
  mkdirSync(path);
  return path;
};

const BY_ADA = { origin: "person", userId: "1", userName: "Ada", turnId: null, messageId: null } as const;
const remembered = (api: ApiFixture, key: string, state: "accepted" | "proposed" = "accepted") =>
  api.core.memories.add({ botId: "7", chatId: "1", key, content: `of ${key}`, state }, BY_ADA);
const changeOf = (api: ApiFixture, memoryId: number): number =>
  api.core.memories.history(memoryId)[0]?.id ?? 0;

const SAMPLES: Record<KeptEndpoint, Sample> = {
  takeBackup: async () => [{}, null],
  stopChat: async (api) => {
    await keepRunning(api);
    return [{ body: chat }, { body: { ...chat, chatId: "other" } }];
  },
  advanceTurn: async (api) => {
    await keepRunning(api);
    const { turnId } = await submit(api, "waits");
    return [
      { params: { turnId }, body: chat },
      { params: { turnId }, body: { ...chat, chatId: "other" } },
    ];
  },
  dropTurn: async (api) => {
    await keepRunning(api);
    const { turnId } = await submit(api, "waits");
    return [
      { params: { turnId }, body: chat },
      { params: { turnId }, body: { ...chat, chatId: "other" } },
    ];
  },
  rerunEdited: async (api) => {
    api.core.access.approve(codeFor(api, "1"), "test");
    const update = {
      ...{ updateId: 1, kind: "prompt" as const, chat: { id: "1", type: "private" as const, threadId: "" } },
      ...{ sender: { id: "1", username: null, name: null, language: "en" as const }, messageId: 5 },
      ...{ text: "before", command: null, replyTo: null, reason: null, raw: {} },
    };
    const [asked] = api.core.inbox.accept("7", [update]).results;
    await api.core.turns.waitForEnd(asked?.turnId ?? "");
    api.core.inbox.accept("7", [{ ...update, updateId: 2, kind: "edit", text: "after" }]);
    const body = { botId: "7", chatId: "1", threadId: "", messageId: 5 };
    return [{ body }, { body: { ...body, messageId: 6 } }];
  },
  confirmPlan: async (api) => {
    api.core.access.approve(codeFor(api, "1"), "test");
    api.driver.script = (turn) => turn.answer("1. build\n\n[HARNESS_EXEC_READY]");
    const update = {
      ...{ updateId: 1, kind: "prompt" as const, chat: { id: "1", type: "private" as const, threadId: "" } },
      ...{ sender: { id: "1", username: null, name: null, language: "en" as const }, messageId: 5 },
      ...{ text: "plan it", command: null, replyTo: null, reason: null, raw: {} },
    };
    const [asked] = api.core.inbox.accept("7", [update]).results;
    await api.core.turns.waitForEnd(asked?.turnId ?? "");
    api.driver.script = (turn) => turn.answer("done");
    const body = { botId: "7", chatId: "1", threadId: "", userId: "1" };
    return [{ body }, { body: { ...body, userId: "2" } }];
  },
  releaseQueue: async (api) => {
    await keepRunning(api);
    await submit(api, "waits");
    await api.core.chats.stop(chat);
    return [{ body: { ...chat, action: "drop" } }, { body: { ...chat, action: "run" } }];
  },
  deleteHistoryMessage: async (api) => {
    const add = (content: string) =>
      api.core.history.add({
        sessionId: "s",
        botId: "cli",
        role: "user",
        content,
        source: "web",
        telegramChatId: null,
      });
    const query = { botId: "cli", sessionId: "s" };
    return [
      { params: { messageId: add("one") }, query },
      { params: { messageId: add("two") }, query },
    ];
  },
  deleteHistorySession: async (api) => {
    for (const sessionId of ["s", "t"])
      api.core.history.add({
        sessionId,
        botId: "cli",
        role: "user",
        content: "x",
        source: "web",
        telegramChatId: null,
      });
    return [{ query: { botId: "cli", sessionId: "s" } }, { query: { botId: "cli", sessionId: "t" } }];
  },
  newConversation: async () => [{ body: chat }, { body: { ...chat, chatId: "other" } }],
  approvePairing: async (api) => [
    { body: { code: codeFor(api, "1") } },
    { body: { code: codeFor(api, "2") } },
  ],
  refusePairing: async (api) => [
    { body: { code: codeFor(api, "1") } },
    { body: { code: codeFor(api, "2") } },
  ],
  revokeAccess: async (api) => {
    for (const userId of ["1", "2"]) api.core.access.approve(codeFor(api, userId), "test");
    return [{ params: { botId: "7", userId: "2" } }, { params: { botId: "7", userId: "3" } }];
  },
  createInvitation: async () => [{ body: { botId: "7" } }, { body: { botId: "7", role: "admin" } }],
  withdrawInvitation: async (api) => {
    const wish = { botId: "7", role: "user", expiresInMs: 60_000, language: "en" } as const;
    const [one, other] = [api.core.access.invite(wish, "test"), api.core.access.invite(wish, "test")];
    return [{ body: { id: one.id } }, { body: { id: other.id } }];
  },
  disallowChat: async (api) => {
    api.core.access.allowChat("7", "-100", {}, "test");
    return [{ params: { botId: "7", chatId: "-100" } }, { params: { botId: "7", chatId: "-200" } }];
  },
  decideApproval: async (api) => {
    api.driver.script = async (turn) => turn.answer((await turn.askPermission("Bash", {})).behavior);
    await submit(api, "asks");
    await until(() => api.core.approvals.list({}).length === 1);
    const [{ id = "", inputHash = "" } = {}] = api.core.approvals.list({});
    const params = { approvalId: id };
    return [
      { params, body: { decision: "once", inputHash } },
      { params, body: { decision: "deny", inputHash } },
    ];
  },
  addProject: async (api) => {
    const path = directory(api, "app");
    return [{ body: { path, name: "app" } }, { body: { path, name: "other" } }];
  },
  removeProject: async (api) => {
    await api.core.projects.add({ path: directory(api, "app"), name: "app", force: false });
    return [{ params: { name: "app" } }, { params: { name: "other" } }];
  },
  chooseProject: async (api) => {
    await api.core.projects.add({ path: directory(api, "app"), name: "app", force: false });
    return [{ body: { ...chat, project: "app" } }, { body: { ...chat, project: null } }];
  },
  removeWorktree: async (api) => {
    const path = directory(api, "app");
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
        cwd: path,
      });
    git("init", "--quiet");
    git("commit", "--quiet", "--allow-empty", "--message", "first");
    await api.core.projects.add({ path, name: "app", force: false });
    const { conversationId } = await api.core.projects.choose(chat, { project: "app", worktree: true });
    return [
      { params: { conversationId }, query: chat },
      { params: { conversationId }, query: { ...chat, chatId: "other" } },
    ];
  },
  reapSessions: async (api) => {
    await api.core.turns.waitForEnd((await submit(api, "hello")).turnId);
    return [{ body: { idleForMs: 0 } }, { body: { idleForMs: 5 } }];
  },
  deleteFile: async (api) => [
    { params: { fileId: await upload(api, "one") } },
    { params: { fileId: await upload(api, "two") } },
  ],
  archiveChat: async (api) => {
    await api.core.turns.waitForEnd((await submit(api, "hello")).turnId);
    writeFileSync(join(api.driver.launches[0]?.cwd ?? "", "notes.txt"), "beans\n");
    return [{ body: chat }, { body: { ...chat, chatId: "other" } }];
  },
  createMemory: async () => [
    { body: { botId: "7", key: "port", content: "8080" } },
    { body: { botId: "7", key: "host", content: "8080" } },
  ],
  updateMemory: async (api) => {
    const { id: memoryId, updatedAt: expectedUpdatedAt } = remembered(api, "port");
    const params = { memoryId };
    return [
      { params, body: { content: "8080", expectedUpdatedAt } },
      { params, body: { content: "9090", expectedUpdatedAt } },
    ];
  },
  deleteMemory: async (api) => [
    { params: { memoryId: remembered(api, "port").id } },
    { params: { memoryId: remembered(api, "host").id } },
  ],
  acceptMemory: async (api) => [
    { params: { memoryId: remembered(api, "port", "proposed").id }, body: {} },
    { params: { memoryId: remembered(api, "host", "proposed").id }, body: {} },
  ],
  rejectMemory: async (api) => [
    { params: { memoryId: remembered(api, "port", "proposed").id }, body: {} },
    { params: { memoryId: remembered(api, "host", "proposed").id }, body: {} },
  ],
  undoMemoryChange: async (api) => {
    const changes = ["port", "host"].map((key) => changeOf(api, remembered(api, key).id));
    return [
      { params: { changeId: changes[0] }, body: {} },
      { params: { changeId: changes[1] }, body: {} },
    ];
  },
  askInstead: async (api) => {
    const asked = (text: string) => {
      const history = { sessionId: "gw-7-1", botId: "7", source: "telegram", telegramChatId: 1 };
      const messageId = api.core.history.add({ ...history, role: "user", content: text });
      const changeId = changeOf(api, remembered(api, text).id);
      return { params: { changeId }, body: { botId: "7", chatId: "1", userId: "1", messageId } };
    };
    return [asked("port"), asked("host")];
  },
  rememberText: async () => [
    { body: { botId: "7", chatId: "1", text: "port: 8080" } },
    { body: { botId: "7", chatId: "1", text: "port: 9090" } },
  ],
  forgetText: async (api) => {
    remembered(api, "port");
    return [
      { body: { botId: "7", chatId: "1", text: "port" } },
      { body: { botId: "7", chatId: "1", text: "host" } },
    ];
  },
  importMemories: async () => {
    const file = (key: string) => ({
      body: { format: "steward-memories-1", memories: [{ key, content: "c" }] },
    });
    return [file("port"), file("host")];
  },
  legacyAddMemory: async () => [
    { body: { key: "port", content: "8080" } },
    { body: { key: "host", content: "8080" } },
  ],
  addChatMessage: async () => {
    const body = { session_id: "gw-cli-main", role: "user", content: "hello", bot_id: "cli" };
    return [{ body }, { body: { ...body, content: "bye" } }];
  },
};

/** What came of it: the answer, or the code of the refusal. */
const send = async (
  api: ApiFixture,
  endpoint: Endpoint,
  request: Request,
  key?: string,
): Promise<unknown> => {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  try {
    return await api.client.call(endpoint as never, { ...request, headers } as never);
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
};

describe("a request with an Idempotency-Key", () => {
  test.each(Object.entries(SAMPLES) as [KeptEndpoint, Sample][])(
    "%s: is done once, answered as often as it comes, and stands for nothing else",
    async (name, prepare) => {
      const endpoint: Endpoint = ENDPOINTS[name];
      const api = await createApiFixture();
      const [request, another] = await prepare(api);
      const [first, atOnce] = await Promise.all([
        send(api, endpoint, request, "key-1"),
        send(api, endpoint, request, "key-1"),
      ]);
      expect(first).toBeTypeOf("object");
      expect(atOnce).toEqual(first);
      expect(await send(api, endpoint, request, "key-1")).toEqual(first);
      if (another !== null) {
        expect(await send(api, endpoint, another, "key-1")).toBe("idempotency_mismatch");
      }
      // Without the key it is another request: the sample would tell if it had been done twice.
      expect(await send(api, endpoint, request)).not.toEqual(first);
    },
  );

  test("that was refused is tried again", async () => {
    const api = await createApiFixture();
    const path = `${api.workspaces}-late`;
    const request = { body: { path, name: "late" } };
    expect(await send(api, ENDPOINTS.addProject, request, "key-1")).toBe("project_path_missing");
    mkdirSync(path);
    expect(await send(api, ENDPOINTS.addProject, request, "key-1")).toMatchObject({ name: "late" });
  });

  test("is known for a week", async () => {
    const clock = createFakeClock();
    const api = await createApiFixture({ clock });
    const first = await send(api, ENDPOINTS.newConversation, { body: chat }, "key-1");
    for (const [days, isKnown] of [
      [6.9, true],
      [0.2, false],
    ] as const) {
      clock.stepWallClock(days * 86_400_000);
      await api.core.housekeeping.dropOld();
      const again = await send(api, ENDPOINTS.newConversation, { body: chat }, "key-1");
      if (isKnown) expect(again).toEqual(first);
      else expect(again).not.toEqual(first);
    }
  });
});

describe("every endpoint that changes something", () => {
  const changing = Object.entries(ENDPOINTS).filter(([, { method }]) => (method as string) !== "get");

  test.each(changing.map(([name]) => name as ChangingEndpoint))("%s says what a repeat does", (name) => {
    const endpoint: Endpoint = ENDPOINTS[name];
    const headers = endpoint.request?.headers;
    const schema = headers instanceof z.ZodObject ? headers : z.object({});
    const takesKey = "idempotency-key" in schema.shape;
    const repeat: string | undefined = REPEATS[name];
    if (repeat === "key required") {
      expect([takesKey, schema.safeParse({}).success]).toEqual([true, false]);
    } else if (repeat === "key kept") {
      expect([takesKey, schema.safeParse({}).success, keepsAnswers(endpoint)]).toEqual([true, true, true]);
    } else {
      expect(takesKey).toBe(false);
      expect(repeat?.split(" ").length).toBeGreaterThan(4);
    }
  });
});
