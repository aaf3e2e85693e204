import { expect, test } from "vitest";
import { createApiFixture } from "./api-fixture.ts";

test("the models that the CLI offers are told, and a chat chooses one of them, before and after its first turn", async () => {
  const { fetch, driver } = await createApiFixture();
  const json = async (path: string, init?: Parameters<typeof fetch>[1]) =>
    await (await fetch(path, init)).json();
  const list = (await json("/api/v1/models")) as { models: unknown[] };
  expect(list.models).toEqual([
    { name: "default", title: "Default (recommended)" },
    { name: "haiku", title: "Haiku" },
  ]);
  const headers = { "content-type": "application/json" };
  const choose = (model: string | null) =>
    fetch("/api/v1/chats/model", {
      method: "PUT",
      headers,
      body: JSON.stringify({ botId: "web", chatId: "main", model }),
    });
  expect(await (await choose("haiku")).json()).toEqual({ model: "haiku", from: "chat" });
  expect(await json("/api/v1/chats/model?botId=web&chatId=main")).toEqual({ model: "haiku", from: "chat" });
  expect((await choose("--dangerous")).status).toBe(422);
  const submitted = await fetch("/api/v1/turns", {
    method: "POST",
    headers: { ...headers, "idempotency-key": "one" },
    body: JSON.stringify({ botId: "web", chatId: "main", text: "hello" }),
  });
  const { turnId } = (await submitted.json()) as { turnId: string };
  await expect
    .poll(async () => ((await json(`/api/v1/turns/${turnId}`)) as { state: string; model: string }).state)
    .toBe("done");
  expect(await json(`/api/v1/turns/${turnId}`)).toMatchObject({ model: "haiku" });
  expect(driver.launches.at(-1)).toMatchObject({ model: "haiku" });
  expect(await (await choose(null)).json()).toEqual({ model: null, from: "initial" });
});
