import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import type { Endpoint } from "@steward/contract/endpoint";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { errorBodySchema } from "@steward/contract/errors";
import { MAX_FILES_PER_TURN } from "@steward/contract/files";
import * as tables from "@steward/schema/tables";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApiFixture } from "./api-fixture.ts";

type Api = Awaited<ReturnType<typeof openApiFixture>>;

/** How much there is of everything: rows of each table, entries of the workspaces, CLI processes that were started. */
const count = (api: Api): Record<string, number> => {
  const rows = Object.entries(tables).map(
    // Only counted: which table it is matters to nobody but the compiler.
    ([name, table]) =>
      [
        name,
        api.database.db
          .select()
          .from(table as typeof tables.turns)
          .all().length,
      ] as const,
  );
  return {
    ...Object.fromEntries(rows),
    workspaces: readdirSync(api.workspaces, { recursive: true }).length,
    launches: api.driver.launches.length,
  };
};

let api: Api;
let before: Record<string, number>;
beforeAll(async () => {
  api = await openApiFixture();
  before = count(api);
});
afterAll(() => api.close());

const headers = { "content-type": "application/json", "idempotency-key": "key" };
const post = (path: string, body: unknown, method = "POST") =>
  api.fetch(path, { method, headers, body: JSON.stringify(body) });

const BAD_NAMES: readonly (readonly [string, string])[] = [
  ["a way up", "../../etc/passwd"],
  ["a way up in the middle", "1/../2"],
  ["an absolute path", "/etc/passwd"],
  ["a hidden settings file", ".claude/settings.json"],
  ["the folder itself", "."],
  ["a NUL", "a\0b"],
  ["300 characters", "x".repeat(300)],
  ["a turned direction of writing", "a\u202eb"],
  ["a line break", "a\nb"],
  ["a full stop and a topic", "1.t2"],
  ["an encoded slash", "a%2Fb"],
  ["other letters that look alike", "а"],
  ["nothing", ""],
];

/** What names a bot, a chat or a topic, in the contract's spelling and in the ancestor's. */
const NAMES = ["botId", "bot_id", "chatId", "chat_id", "threadId", "thread_id"];
const namesIn = (schema: unknown): string[] =>
  typeof schema === "object" && schema !== null && "shape" in schema
    ? Object.keys(schema.shape as object).filter((name) => NAMES.includes(name))
    : [];

interface Place {
  endpoint: string;
  where: "path" | "query" | "body";
  name: string;
  send(value: string): Promise<Response>;
}

const places = Object.entries(ENDPOINTS).flatMap(([endpoint, declared]): Place[] => {
  const { method, path, request }: Endpoint = declared;
  const verb = method.toUpperCase();
  const content = request?.body?.content["application/json"];
  const bodySchema = content !== undefined && "schema" in content ? content.schema : undefined;
  const filled = (name: string, value: string): string =>
    path.replace(/\{(\w+)\}/g, (_, each: string) => encodeURIComponent(each === name ? value : "1"));
  return [
    ...namesIn(request?.params).map(
      (name): Place => ({
        endpoint,
        where: "path",
        name,
        send: (value) =>
          verb === "GET" ? api.fetch(filled(name, value)) : post(filled(name, value), {}, verb),
      }),
    ),
    ...namesIn(request?.query).map(
      (name): Place => ({
        endpoint,
        where: "query",
        name,
        send: (value) => {
          const url = `${filled("", "")}?${name}=${encodeURIComponent(value)}`;
          return verb === "GET" ? api.fetch(url) : post(url, {}, verb);
        },
      }),
    ),
    ...namesIn(bodySchema).map(
      (name): Place => ({
        endpoint,
        where: "body",
        name,
        send: (value) => post(filled("", ""), { [name]: value }, verb),
      }),
    ),
  ];
});

const update = (chat: object, text = "hello") => ({
  updateId: 1,
  kind: "prompt",
  chat: { id: "42", type: "private", ...chat },
  sender: { id: "42", username: null, name: null, language: "en" },
  messageId: 1,
  text,
  command: null,
  replyTo: null,
  reason: null,
  raw: {},
});
const inboxPlaces: Place[] = ["id", "threadId"].map((name) => ({
  endpoint: "postInbox, chat of an update",
  where: "body",
  name,
  send: (value) => post("/api/v1/inbox", { botId: "7", updates: [update({ [name]: value })] }),
}));

test("the table knows every kind of place", () => {
  expect(new Set(places.map(({ where }) => where))).toEqual(new Set(["path", "query", "body"]));
  expect(places.length).toBeGreaterThan(25);
});

test.each([...places, ...inboxPlaces])(
  "row 50: a bad $name in the $where of $endpoint is 422, and nothing is made of it",
  async ({ name, where, send }) => {
    for (const [what, value] of BAD_NAMES) {
      // Outside topics a topic is empty.
      if (value === "" && name.startsWith("thread")) continue;
      // Such a piece of an address is taken away before it is sent.
      if (where === "path" && (value === "" || value === ".")) continue;
      const response = await send(value);
      expect(response.status, what).toBe(422);
      const { code, detail } = errorBodySchema.parse(await response.json());
      expect(code).toBe("validation_failed");
      const told = typeof detail === "string" ? [] : detail.map(({ loc }) => loc.at(-1));
      expect(told, what).toContain(name);
    }
    expect(count(api)).toEqual(before);
  },
);

describe("row 22: a prompt of 4 MB and 200 attachments are refused clearly, before anything is started", () => {
  const MB = 1_048_576;
  const tooMuch = "x".repeat(4 * MB);
  /** Under the limit in characters, over it in bytes. */
  const wide = "中".repeat(MB / 2);
  const CHAT = { botId: "web", chatId: "big" };

  test.each([
    ["submitTurn", "4 MB", 413, () => post("/api/v1/turns", { ...CHAT, text: tooMuch })],
    ["submitTurn", "wide characters", 422, () => post("/api/v1/turns", { ...CHAT, text: wide })],
    ["postInbox", "4 MB", 422, () => post("/api/v1/inbox", { botId: "7", updates: [update({}, tooMuch)] })],
    ["gatewaySend", "4 MB", 413, () => post("/api/gateway/send", { chat_id: "big", message: tooMuch })],
    [
      "gatewaySendStream",
      "4 MB",
      413,
      () => post("/api/gateway/send-stream", { chat_id: "big", message: tooMuch }),
    ],
  ] as const)("%s, %s: %i", async (_door, _what, status, send) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(errorBodySchema.parse(await response.json()).code).toMatch(
      /^(validation_failed|payload_too_large)$/,
    );
    expect(count(api)).toEqual(before);
  });

  test("200 attachments are refused by their number, at the place that names them", async () => {
    const fileIds = Array.from({ length: 200 }, () => randomUUID());
    const response = await post("/api/v1/turns", { ...CHAT, text: "look", fileIds });
    expect(response.status).toBe(422);
    const { code, detail } = errorBodySchema.parse(await response.json());
    expect(code).toBe("validation_failed");
    const [told] = typeof detail === "string" ? [] : detail;
    expect(told?.loc.at(-1)).toBe("fileIds");
    expect(told?.msg).toContain(`${MAX_FILES_PER_TURN}`);
    expect(count(api)).toEqual(before);
  });

  test.each(["/api/gateway/send", "/api/gateway/send-stream"])(
    "%s says so in the ancestor's words when it is only just too much",
    async (path) => {
      const response = await post(path, { chat_id: "big", message: wide });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("[ERROR] The message must be at most 1 MiB");
      expect(count(api)).toEqual(before);
    },
  );

  test("the inbox takes the update, makes no turn of it, keeps nothing of it and tells the person", async () => {
    const { code } = api.core.access.requestPairing({
      botId: "7",
      userId: "42",
      chatId: "42",
      username: null,
      name: null,
    });
    api.core.access.approve(code, "test");
    const response = await post("/api/v1/inbox", { botId: "7", updates: [update({}, wide)] });
    expect(await response.json()).toMatchObject({
      ackedThrough: 1,
      results: [{ state: "dead", turnId: null }],
    });
    const after = count(api);
    expect(after).toMatchObject({
      turns: 0,
      chatMessages: 0,
      conversations: 0,
      launches: 0,
      workspaces: before.workspaces,
    });
    const kept = api.database.db.select().from(tables.inbox).all();
    expect(kept).toMatchObject([{ detail: "prompt_too_long", payload: null }]);
    const told = () =>
      api.database.db
        .select()
        .from(tables.deliveries)
        .all()
        .map(({ text }) => text);
    await expect
      .poll(told)
      .toEqual(["This is too long for one message. Shorten it, or start afresh with /new."]);
  });
});
