import { ENDPOINTS } from "@steward/contract/endpoints";
import { describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture, gate, TOKEN } from "./api-fixture.ts";
import { createGoClient } from "./go-client.ts";

const executed = (api: ApiFixture): string[] =>
  api.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text));
const submit = (api: ApiFixture, text: string, key: string) =>
  api.client.call(ENDPOINTS.submitTurn, {
    headers: { "idempotency-key": key },
    body: { botId: "web", chatId: "main", text },
  });
const onceLimited = (resetsAtMs: number) => {
  let isLimited = true;
  return {
    lift: () => {
      isLimited = false;
    },
    script: (turn: Parameters<NonNullable<ApiFixture["driver"]["script"]>>[0]) =>
      isLimited
        ? turn.end({ ok: false, isError: true, errorCode: "usage_limit", text: "limit", resetsAtMs })
        : turn.answer(`echo: ${turn.text}`),
  };
};

describe("panic over HTTP", () => {
  test("stops a running turn, keeps what is submitted, and lets it run after the release, once", async () => {
    const started = gate();
    const api = await createApiFixture({
      script: async (turn) => {
        if (turn.text !== "long") return turn.answer("done");
        turn.delta("so far");
        started.open();
      },
    });
    const running = await submit(api, "long", "a");
    await started.opened;
    const panic = await api.client.call(ENDPOINTS.startPanic);
    expect(panic).toMatchObject({ active: true, stopped: 1, ended: 1, by: "owner" });
    const { turnId } = await submit(api, "meanwhile", "b");
    expect(await api.client.call(ENDPOINTS.getPanic)).toMatchObject({ active: true, waiting: 1 });
    expect((await api.client.call(ENDPOINTS.system)).holds).toMatchObject([{ kind: "panic", until: null }]);
    expect(executed(api)).toEqual(["long"]);
    expect(api.core.turns.get(running.turnId)).toMatchObject({
      state: "cancelled",
      errorCode: "stopped_by_panic",
    });
    expect(await api.client.call(ENDPOINTS.releasePanic)).toMatchObject({ released: true, active: false });
    expect((await api.core.turns.waitForEnd(turnId)).text).toBe("done");
    expect(executed(api)).toEqual(["long", "meanwhile"]);
  });

  test("in the name of somebody who is neither owner nor admin is refused", async () => {
    const api = await createApiFixture();
    const body = { botId: "123", userId: "7" };
    const refused = { status: 403, code: "owner_only" };
    await expect(api.client.call(ENDPOINTS.startPanic, { body })).rejects.toMatchObject(refused);
    await expect(api.client.call(ENDPOINTS.releasePanic, { body })).rejects.toMatchObject(refused);
    expect((await api.client.call(ENDPOINTS.getPanic)).active).toBe(false);
  });
});

describe("the gateway behind a hold", () => {
  test("says so at once, in both doors, as an answer; the prompt is never run", async () => {
    const api = await createApiFixture();
    const go = createGoClient((await api.listen()).port, TOKEN);
    await api.client.call(ENDPOINTS.startPanic);
    const shown = "[BUSY] Not run: Everything is stopped (panic). Please send it again after that.";
    expect(await go.say("hello")).toEqual({ outcome: { shown }, fellBack: false });
    const sent = await api.client.call(ENDPOINTS.gatewaySend, {
      body: { chat_id: "42", message: "hello again", bot_id: "hero" },
    });
    expect(sent.response).toBe(shown);
    await api.client.call(ENDPOINTS.releasePanic);
    await submit(api, "another chat's", "c");
    await expect.poll(() => executed(api)).toEqual(["another chat's"]);
  });

  test("that begins under its turn takes the turn out again, with the time of the reset", async () => {
    const limit = onceLimited(Date.UTC(2099, 0, 1, 12));
    const api = await createApiFixture({ script: limit.script });
    const go = createGoClient((await api.listen()).port, TOKEN);
    const { outcome, fellBack } = await go.say("hello");
    expect(outcome).toEqual({ shown: expect.stringMatching(/^\[BUSY\] Not run: .*resets at .*12:00 UTC/) });
    expect(fellBack).toBe(false);
    limit.lift();
    expect(executed(api)).toEqual(["hello"]);
    expect(api.core.load().queued).toBe(0);
  });
});
