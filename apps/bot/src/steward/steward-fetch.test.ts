import { createClient } from "@steward/client/client";
import { listBots } from "@steward/contract/bots";
import { describe, expect, test } from "vitest";
import { createStewardFetch } from "./steward-fetch.ts";

const BASE = "http://127.0.0.1:1";

function start(tokens: (string | undefined)[]) {
  const sent: (string | null)[] = [];
  const valid = { token: "second-token" };
  const fetchFunction = createStewardFetch({
    readToken: () => (tokens.length > 1 ? tokens.shift() : tokens[0]),
    fetch: async (_url, init) => {
      const authorization = new Headers(init?.headers).get("authorization");
      sent.push(authorization);
      return authorization === `Bearer ${valid.token}`
        ? new Response("[]")
        : Response.json({ detail: "wrong token", code: "unauthorized" }, { status: 401 });
    },
  });
  return { sent, client: createClient({ baseUrl: BASE, fetch: fetchFunction }) };
}

describe("the token of the API", () => {
  test("is read once while it is good", async () => {
    const { sent, client } = start(["second-token", "never read"]);
    await client.call(listBots);
    await client.call(listBots);
    expect(sent).toEqual(["Bearer second-token", "Bearer second-token"]);
  });

  test("is read again after a refusal: it may have been replaced", async () => {
    const { client } = start(["first-token", "second-token"]);
    await expect(client.call(listBots)).rejects.toMatchObject({ code: "unauthorized" });
    expect(await client.call(listBots)).toEqual([]);
  });

  test("may not be there yet, and then nothing is asked", async () => {
    const { sent, client } = start([undefined, "second-token"]);
    await expect(client.call(listBots)).rejects.toThrow(/has not made its token yet/);
    expect(sent).toEqual([]);
    expect(await client.call(listBots)).toEqual([]);
  });
});
