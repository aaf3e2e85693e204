import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ErrorBody } from "@steward/contract/errors";
import { accessEntries, auditEntries } from "@steward/schema/tables";
import { beforeEach, describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

const OWNER = "1";
const ADMIN = "2";
const USER = "3";
const STRANGER = "9";
const chat = { botId: "7", chatId: "42", threadId: "" };
let api: ApiFixture;

const codeFor = (userId: string): string =>
  api.core.access.requestPairing({ botId: "7", userId, chatId: userId, username: null, name: null }).code;
const lastActor = (): string | undefined => api.database.db.select().from(auditEntries).all().at(-1)?.actor;
const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    (error: ErrorBody) => error.code,
  );

beforeEach(async () => {
  api = await createApiFixture();
  for (const userId of [OWNER, USER]) api.core.access.approve(codeFor(userId), "test");
  const admin = { botId: "7", userId: ADMIN, role: "admin" as const, createdAt: 0 };
  api.database.db.insert(accessEntries).values(admin).run();
});

describe("somebody for whom a front end speaks", () => {
  test.each([
    [OWNER, "done"],
    [ADMIN, "done"],
    [USER, "done"],
    [STRANGER, "owner_only"],
  ])("%s chooses a chat's model: %s, under their own name", async (userId, expected) => {
    const body = { ...chat, model: "haiku", userId };
    expect(await outcome(api.client.call(ENDPOINTS.chooseChatModel, { body }))).toBe(expected);
    if (expected === "done") expect(lastActor()).toBe(`7/${userId}`);
    expect(api.core.models.choice(chat).model).toBe(expected === "done" ? "haiku" : null);
  });

  test.each([
    [OWNER, "done"],
    [ADMIN, "done"],
    [USER, "owner_only"],
    [STRANGER, "owner_only"],
  ])("%s sets something for the bot: %s; for everything nobody may", async (userId, expected) => {
    const set = (scope: object) =>
      outcome(
        api.client.call(ENDPOINTS.setPolicy, {
          body: { ...scope, name: "archiveAfterDays", value: 7, userId },
        }),
      );
    expect(await set({ botId: "7" })).toBe(expected);
    if (expected === "done") expect(lastActor()).toBe(`7/${userId}`);
    expect(await set({})).toBe("owner_only");
    expect(await set({ botId: "8" })).toBe("owner_only");
    expect(api.core.policies.get("archiveAfterDays", null)).toBe(30);
  });

  test.each([
    [OWNER, "done"],
    [ADMIN, "done"],
    [USER, "owner_only"],
    [STRANGER, "owner_only"],
  ])("%s lets a person in: %s", async (actingUserId, expected) => {
    const code = codeFor(STRANGER);
    const approve = api.client.call(ENDPOINTS.approvePairing, { body: { code, actingUserId } });
    expect(await outcome(approve)).toBe(expected);
    if (expected === "done") expect(lastActor()).toBe(`7/${actingUserId}`);
    expect(api.core.access.isAllowed("7", STRANGER)).toBe(expected === "done");
    // A refusal uses nothing up.
    if (expected !== "done") expect(api.core.access.listRequests()).toHaveLength(1);
  });

  test.each([
    [OWNER, ADMIN, "done"],
    [OWNER, USER, "done"],
    [ADMIN, USER, "done"],
    [ADMIN, OWNER, "owner_only"],
    [ADMIN, ADMIN, "owner_only"],
    [USER, USER, "owner_only"],
    [STRANGER, USER, "owner_only"],
  ])("%s takes %s's access away: %s", async (actingUserId, userId, expected) => {
    const params = { botId: "7", userId };
    const revoke = api.client.call(ENDPOINTS.revokeAccess, { params, query: { actingUserId } });
    expect(await outcome(revoke)).toBe(expected);
    if (expected === "done") expect(lastActor()).toBe(`7/${actingUserId}`);
    expect(api.core.access.isAllowed("7", userId)).toBe(expected !== "done");
  });
});

test("whoever holds the token acts as the owner", async () => {
  await api.client.call(ENDPOINTS.chooseChatModel, { body: { ...chat, model: "haiku" } });
  expect(lastActor()).toBe("owner");
  await api.client.call(ENDPOINTS.revokeAccess, { params: { botId: "7", userId: USER } });
  expect(lastActor()).toBe("owner");
});
