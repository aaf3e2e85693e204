import { ENDPOINTS } from "@steward/contract/endpoints";
import { expect, test } from "vitest";
import { createApiFixture } from "./api-fixture.ts";

const BOT = "7";
const stranger = (userId: string) => ({ botId: BOT, userId, username: null, name: `P${userId}` });

/** All that a web page needs to say who may use a bot and where, with the one client there is. */
test("people are asked about, invited, raised and taken away, and groups allowed, over HTTP alone", async () => {
  const { client } = await createApiFixture();
  await client.call(ENDPOINTS.registerBot, {
    params: { botId: BOT },
    body: { username: "ada_bot", readsAllMessages: false },
  });
  const ask = (userId: string) =>
    client.call(ENDPOINTS.requestPairing, { body: { ...stranger(userId), chatId: userId } });
  const { code } = await ask("1");
  await ask("2");
  const waiting = await client.call(ENDPOINTS.listPairingRequests);
  expect(waiting.map(({ userId }) => userId)).toEqual(["1", "2"]);
  expect(waiting[0]).not.toHaveProperty("refusedAt");
  await client.call(ENDPOINTS.approvePairing, { body: { code } });
  await client.call(ENDPOINTS.refusePairing, { body: { code: waiting[1]?.code ?? "" } });
  expect(await client.call(ENDPOINTS.listPairingRequests)).toEqual([]);

  const made = await client.call(ENDPOINTS.createInvitation, { body: { botId: BOT, role: "admin" } });
  expect(made.link).toBe(`https://t.me/ada_bot?start=${made.code}`);
  expect(made.warning).toContain("2 people will share this bot");
  expect(await client.call(ENDPOINTS.listInvitations)).toMatchObject([{ id: made.id, role: "admin" }]);
  const redeem = (userId: string, given: string) =>
    client.call(ENDPOINTS.redeemInvitation, { body: { ...stranger(userId), code: given } });
  expect(await redeem("3", made.code)).toMatchObject({ entry: { userId: "3", role: "admin" } });
  await expect(redeem("4", made.code)).rejects.toMatchObject({ status: 404, code: "invitation_invalid" });
  for (let guess = 0; guess < 4; guess += 1) await redeem("4", `guess${guess}`).catch(() => undefined);
  await expect(redeem("4", "one more")).rejects.toMatchObject({
    status: 429,
    code: "invitation_guesses",
    params: { minutes: 12 },
  });

  const role = (userId: string, wanted: "owner" | "user") =>
    client.call(ENDPOINTS.setRole, { params: { botId: BOT, userId }, body: { role: wanted } });
  await expect(role("1", "user")).rejects.toMatchObject({ status: 409, code: "last_owner" });
  expect(await role("3", "owner")).toMatchObject({ userId: "3", role: "owner" });
  expect(await role("1", "user")).toMatchObject({ userId: "1", role: "user" });

  const params = { botId: BOT, chatId: "-100" };
  const allowed = await client.call(ENDPOINTS.allowChat, { params, body: { listensTo: "always" } });
  expect(allowed).toMatchObject({ chat: { admits: "paired", listensTo: "always" }, privacyMode: true });
  const move = { botId: BOT, fromChatId: "-100", toChatId: "-1001" };
  expect(await client.call(ENDPOINTS.moveChat, { body: move })).toEqual({ moved: true });
  expect(await client.call(ENDPOINTS.listAccessChats)).toMatchObject([{ chatId: "-1001" }]);
  const there = { params: { botId: BOT, chatId: "-1001" } };
  expect(await client.call(ENDPOINTS.disallowChat, there)).toEqual({ disallowed: true });
  expect(await client.call(ENDPOINTS.listAccessChats)).toEqual([]);
});
