import { ENDPOINTS } from "@steward/contract/endpoints";
import { errorBodySchema } from "@steward/contract/errors";
import { createFakeClock } from "@steward/platform/clock";
import { auditEntries } from "@steward/schema/tables";
import { openTestDatabase } from "@steward/schema/test-database";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ApiFixture, asBrowser, createApiFixture, HOST, TOKEN } from "./api-fixture.ts";

const OURS = { "sec-fetch-site": "same-origin", origin: `http://${HOST}` };

/** A request as a page makes it: without a header token. */
const ask = (
  api: ApiFixture,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
) =>
  api.app.request(`http://${HOST}${path}`, {
    method,
    headers: {
      host: HOST,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const signIn = (api: ApiFixture, body: unknown, headers: Record<string, string> = {}) =>
  ask(api, "POST", "/api/v1/web/session", { ...OURS, ...headers }, body);

const cookieOf = (response: Response): string => {
  const header = response.headers.get("set-cookie") ?? "";
  return header.slice(0, header.indexOf(";"));
};
const codeOf = async (response: Response): Promise<string> =>
  errorBodySchema.parse(await response.json()).code;
const newCode = async (api: ApiFixture): Promise<string> =>
  (await api.client.call(ENDPOINTS.createWebCode)).code;

describe("signing in", () => {
  test("by a code, once: the cookie opens what the token opens, and is nobody else's to read or send", async () => {
    const api = await createApiFixture();
    const { code, path } = await api.client.call(ENDPOINTS.createWebCode);
    expect(path).toBe(`/#code=${code}`);
    const response = await signIn(api, { code }, { "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0" });
    expect(response.status).toBe(200);
    expect(response.headers.get("set-cookie")).toMatch(
      /^steward-8000=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const answer = ENDPOINTS.signIn.responses[200].content["application/json"].schema.parse(
      await response.json(),
    );
    expect(answer.session?.label).toBe("Firefox, Linux");

    const headers = { cookie: cookieOf(response), "sec-fetch-site": "same-origin" };
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(200);
    const who = await ask(api, "GET", "/api/v1/web/session", headers);
    expect(await who.json()).toEqual(answer);
    expect((await ask(api, "GET", "/docs", { ...headers, "sec-fetch-site": "none" })).status).toBe(200);

    const again = await signIn(api, { code });
    expect(again.status).toBe(404);
    expect(again.headers.get("set-cookie")).toBeNull();
    expect(await codeOf(again)).toBe("web_code_invalid");
  });

  test("with one code, twenty times at once, lets one in", async () => {
    const api = await createApiFixture();
    const server = await api.listen();
    const code = await newCode(api);
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(`${server.url}/api/v1/web/session`, {
          method: "POST",
          headers: { origin: server.url, "content-type": "application/json" },
          body: JSON.stringify({ code }),
        });
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(api.web.sessions.list()).toHaveLength(1);
  });

  test("by the token", async () => {
    const api = await createApiFixture();
    expect(await codeOf(await signIn(api, { token: "wrong" }))).toBe("unauthorized");
    const response = await signIn(api, { token: TOKEN });
    expect(response.status).toBe(200);
    const headers = { cookie: cookieOf(response), "sec-fetch-site": "same-origin" };
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(200);
  });

  test("over https keeps the cookie there", async () => {
    const api = await createApiFixture();
    const response = await signIn(api, { code: await newCode(api) }, { origin: `https://${HOST}` });
    expect(response.headers.get("set-cookie")).toMatch(
      /^__Host-steward-8000=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const headers = { cookie: cookieOf(response), "sec-fetch-site": "same-origin" };
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(200);
  });

  test.each([
    [
      "from another page",
      { "sec-fetch-site": "cross-site", origin: "http://evil.example" },
      "origin_not_allowed",
    ],
    [
      "from another local port",
      { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:3000" },
      "origin_not_allowed",
    ],
    ["by a link, which no page of ours is", { "sec-fetch-site": "none" }, "origin_not_allowed"],
    ["by what says nothing of where it comes from", {}, "browser_unclear"],
  ])("is refused %s, and the code stays good", async (_, headers, code) => {
    const api = await createApiFixture();
    const signInCode = await newCode(api);
    const response = await ask(api, "POST", "/api/v1/web/session", headers, { code: signInCode });
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe(code);
    expect((await signIn(api, { code: signInCode })).status).toBe(200);
  });

  test("anew ends what this browser was signed in by before", async () => {
    const api = await createApiFixture();
    const first = await signIn(api, { code: await newCode(api) });
    await signIn(api, { code: await newCode(api) }, { cookie: cookieOf(first) });
    expect(api.web.sessions.list()).toHaveLength(1);
    expect(api.web.sessions.find(cookieOf(first).split("=")[1] ?? "")).toBeNull();
  });

  test("with a code that is ten minutes old is refused", async () => {
    const clock = createFakeClock();
    const api = await createApiFixture({ clock });
    const code = await newCode(api);
    await clock.advance(10 * 60_000);
    expect(await codeOf(await signIn(api, { code }))).toBe("web_code_invalid");
  });

  test("is limited together with wrong tokens, and what is right goes on working", async () => {
    const api = await createApiFixture({ clock: createFakeClock() });
    const code = await newCode(api);
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) {
      statuses.push((await signIn(api, { code: `guess-${n}` })).status);
      statuses.push((await signIn(api, { token: `guess-${n}` })).status);
    }
    expect(statuses).toEqual(Array.from({ length: 10 }, () => [404, 401]).flat());
    expect(await codeOf(await signIn(api, { code: "guess" }))).toBe("too_many_requests");
    expect(await codeOf(await signIn(api, { token: "guess" }))).toBe("too_many_requests");
    expect((await api.fetch("/api/v1/bots", { headers: { authorization: "Bearer guess" } })).status).toBe(
      429,
    );
    expect((await signIn(api, { code })).status).toBe(200);
    expect((await signIn(api, { token: TOKEN })).status).toBe(200);
    expect(api.logLines.filter(({ level }) => level === "warn")).toHaveLength(23);
  });

  test("leaves neither code, token nor cookie in the log or the database", async () => {
    const api = await createApiFixture();
    const code = await newCode(api);
    const response = await signIn(api, { code });
    const secret = cookieOf(response).split("=")[1] ?? "";
    await ask(api, "GET", "/api/v1/bots", {
      cookie: `steward-8000=${secret}`,
      "sec-fetch-site": "same-origin",
    });
    const kept = JSON.stringify([api.logLines, api.database.sqlite.serialize().toString("latin1")]);
    for (const each of [code, secret, TOKEN]) expect(kept).not.toContain(each);
    expect(api.logLines.at(-1)).toMatchObject({ webSession: api.web.sessions.list()[0]?.id });
  });
});

describe("a browser that is signed in", () => {
  test("makes no link that signs in, and reaches no tools of agents", async () => {
    const api = await createApiFixture();
    for (const path of ["/api/v1/web/codes", "/api/v1/web/codes/", "/mcp", "/mcp?botId=b&chatId=1"]) {
      const response = await ask(api, "POST", path, { ...asBrowser(api), ...OURS }, {});
      expect(response.status).toBe(403);
      expect(await codeOf(response)).toBe("forbidden");
    }
  });

  test.each([
    ["PUT", "/api/v1/policies", { name: "archiveAfterDays", value: 7 }, "policy_set"],
    ["PUT", "/api/v1/access/chats/7/-100", {}, "access.chat"],
    ["POST", "/api/v1/access/invitations", { botId: "7" }, "access.invite"],
    ["POST", "/api/v1/projects", { path: "/usr/share", name: "shared" }, "project.add"],
    ["POST", "/api/v1/panic", undefined, "panic"],
  ])("acts as the owner, and the audit names it: %s %s", async (method, path, body, action) => {
    const api = await createApiFixture();
    const response = await ask(api, method, path, { ...asBrowser(api), ...OURS }, body);
    expect([response.status, await response.json()]).toEqual([200, expect.anything()]);
    const [mine] = api.web.sessions.list();
    const audited = api.database.db.select().from(auditEntries).all();
    expect(audited.at(-1)).toMatchObject({ actor: `web:${mine?.id}`, action });
  });

  test("allows what the agent asks for, and the audit names it; the chat is told that it was the owner", async () => {
    const api = await createApiFixture({
      script: async (turn) => {
        const { behavior } = await turn.askPermission("Bash", { command: "mkdir a" });
        turn.answer(behavior);
      },
    });
    const { turnId } = await api.client.call(ENDPOINTS.submitTurn, {
      headers: { "idempotency-key": "k1" },
      body: { botId: "web", chatId: "1", text: "go" },
    });
    const query = { state: "pending" as const };
    await expect.poll(() => api.core.approvals.list(query)).toHaveLength(1);
    const [asked] = api.core.approvals.list(query);
    const body = { decision: "once", inputHash: asked?.inputHash };
    const headers = { ...asBrowser(api), ...OURS };
    const response = await ask(api, "POST", `/api/v1/approvals/${asked?.id}`, headers, body);
    expect(await response.json()).toMatchObject({ state: "allowed", decidedBy: "owner" });
    const audited = api.database.db.select().from(auditEntries).all();
    const [mine] = api.web.sessions.list();
    expect(audited.at(-1)).toMatchObject({ actor: `web:${mine?.id}`, action: "approval_allowed" });
    expect((await api.core.turns.waitForEnd(turnId)).text).toBe("allow");
  });

  test("is named by the audit when it signs another out", async () => {
    const api = await createApiFixture();
    const headers = { ...asBrowser(api), ...OURS };
    const other = api.web.sessions.open("Firefox/140.0").session;
    await ask(api, "DELETE", `/api/v1/web/sessions/${other.id}`, headers);
    const [mine] = api.web.sessions.list();
    expect(api.database.db.select().from(auditEntries).all().at(-1)).toMatchObject({
      actor: `web:${mine?.id}`,
      action: "web.sign_out",
      target: other.id,
      detail: "Firefox",
    });
  });

  test("sees who else is, and signs them out: one, or all others", async () => {
    const api = await createApiFixture();
    const headers = { ...asBrowser(api), ...OURS };
    const others = [1, 2, 3].map(() => api.web.sessions.open("Firefox/140.0").session.id);
    const listed = (await (await ask(api, "GET", "/api/v1/web/sessions", headers)).json()) as {
      isCurrent: boolean;
    }[];
    expect(listed.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, false, false, true]);
    const one = await ask(api, "DELETE", `/api/v1/web/sessions/${others[0]}`, headers);
    expect(await one.json()).toEqual({ revoked: true });
    const twice = await ask(api, "DELETE", `/api/v1/web/sessions/${others[0]}`, headers);
    expect(await twice.json()).toEqual({ revoked: false });
    expect(await (await ask(api, "DELETE", "/api/v1/web/sessions", headers)).json()).toEqual({ revoked: 2 });
    expect((await ask(api, "GET", "/api/v1/web/session", headers)).status).toBe(200);
    expect(await api.client.call(ENDPOINTS.revokeOtherWebSessions)).toEqual({ revoked: 1 });
    expect((await ask(api, "GET", "/api/v1/web/session", headers)).status).toBe(401);
  });

  test("hears no more of what goes on once it is signed out; others do", async () => {
    const api = await createApiFixture();
    const { url, port } = await api.listen();
    const open = async () => {
      const { session, secret } = api.web.sessions.open("Firefox/140.0");
      const headers = { cookie: `steward-${port}=${secret}`, "sec-fetch-site": "same-origin" };
      const response = await fetch(`${url}${ENDPOINTS.liveStream.path}`, { headers });
      expect(response.status).toBe(200);
      return { id: session.id, response };
    };
    const [mine, another] = [await open(), await open()];
    expect(api.streams.size).toBe(2);
    await api.client.call(ENDPOINTS.revokeWebSession, { params: { sessionId: mine.id } });
    // To its end.
    await mine.response.text();
    expect(api.streams.size).toBe(1);
    await another.response.body?.cancel();
  });

  test("signs itself out, and its cookie is taken back", async () => {
    const api = await createApiFixture();
    const headers = { ...asBrowser(api), ...OURS };
    const response = await ask(api, "DELETE", "/api/v1/web/session", headers);
    expect(await response.json()).toEqual({ signedOut: true });
    expect(response.headers.get("set-cookie")).toBe(
      "steward-8000=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict",
    );
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(401);
  });

  test("signs itself out also where it sends the token of its password prompt along", async () => {
    const api = await createApiFixture();
    const headers = { ...asBrowser(api), ...OURS };
    const authorization = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
    const response = await ask(api, "DELETE", "/api/v1/web/session", { ...headers, authorization });
    expect(await response.json()).toEqual({ signedOut: true });
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(401);
  });

  test("stays so over a restart, and not when the token is another one", async () => {
    const database = openTestDatabase();
    onTestFinished(() => database.close());
    const before = await createApiFixture({ database });
    const headers = asBrowser(before);
    const restarted = await createApiFixture({ database });
    expect((await ask(restarted, "GET", "/api/v1/bots", headers)).status).toBe(200);
    const rotated = await createApiFixture({ database, token: "another-token-of-thirty-two-characters" });
    const response = await ask(rotated, "GET", "/api/v1/bots", headers);
    expect(response.status).toBe(401);
    expect(await codeOf(response)).toBe("unauthorized");
  });

  test("is signed out 30 days after it was last used", async () => {
    const clock = createFakeClock();
    const api = await createApiFixture({ clock });
    const headers = asBrowser(api);
    clock.stepWallClock(29 * 86_400_000);
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(200);
    clock.stepWallClock(30 * 86_400_000);
    expect((await ask(api, "GET", "/api/v1/bots", headers)).status).toBe(401);
  });

  test("is not looked at where a header brings the token", async () => {
    const api = await createApiFixture();
    const cookie = "steward-8000=nobody's";
    const response = await api.fetch("/api/v1/web/session", { headers: { cookie } });
    expect(await response.json()).toEqual({ session: null });
    expect(await api.client.call(ENDPOINTS.signOut)).toEqual({ signedOut: false });
  });
});
