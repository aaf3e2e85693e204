import { createFakeClock, type FakeClock } from "@steward/platform/clock";
import { createIds } from "@steward/platform/ids";
import { createMemoryLogger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { auditEntries, webSessions } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { createEventHub } from "../src/events/event-hub.ts";
import { createSettingsRepository } from "../src/settings/settings-repository.ts";
import { browserLabel } from "../src/web/browser-label.ts";
import { createSignInCodes } from "../src/web/sign-in-codes.ts";
import { createWebSessions } from "../src/web/web-sessions.ts";
import { openOwnDatabase } from "./own-database.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const start = (options: { token?: string; before?: { database: OpenDatabase; clock: FakeClock } } = {}) => {
  const { database, clock } = options.before ?? { database: openOwnDatabase(), clock: createFakeClock() };
  const { log, lines } = createMemoryLogger();
  const sessions = createWebSessions({
    database,
    settings: createSettingsRepository({ db: database.db, hub: createEventHub({ log }), clock }),
    token: options.token ?? "token",
    clock,
    ids: createIds(clock),
    log,
  });
  const rows = () => database.db.select().from(webSessions).all();
  return { database, clock, sessions, rows, lines };
};

describe("a code that signs a browser in", () => {
  const codes = (clock = createFakeClock()) => createSignInCodes({ clock, ids: createIds(clock) });

  test("is good once", () => {
    const all = codes();
    const { code } = all.make();
    expect(all.redeem(code, () => "in")).toBe("in");
    expect(all.redeem(code, () => "in")).toBeNull();
  });

  test("has 256 bits, each another, and a wrong one opens nothing", () => {
    const all = codes();
    const made = [all.make().code, all.make().code];
    expect(new Set(made).size).toBe(2);
    for (const code of made) expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(all.redeem(`${made[0]}x`, () => "in")).toBeNull();
    expect(all.redeem("", () => "in")).toBeNull();
  });

  test("is used up only by what went well", () => {
    const all = codes();
    const { code } = all.make();
    const failing = () => {
      throw new Error("disk full");
    };
    expect(() => all.redeem(code, failing)).toThrow("disk full");
    expect(all.redeem(code, () => "in")).toBe("in");
  });

  test("expires after ten minutes, whatever the wall clock does", async () => {
    const clock = createFakeClock();
    const all = codes(clock);
    const { code, expiresAt } = all.make();
    const other = all.make();
    expect(expiresAt).toBe(clock.now() + 10 * MINUTE_MS);
    await clock.advance(10 * MINUTE_MS - 1);
    clock.stepWallClock(-HOUR_MS);
    expect(all.redeem(code, () => "in")).toBe("in");
    await clock.advance(1);
    expect(all.redeem(other.code, () => "in")).toBeNull();
  });

  test("gives way when there are more than eight", () => {
    const all = codes();
    const made = Array.from({ length: 9 }, () => all.make().code);
    expect(made.map((code) => all.redeem(code, () => "in"))).toEqual([null, ...Array(8).fill("in")]);
  });
});

describe("a browser that is signed in", () => {
  test("is known by its secret, of which only a digest is kept", () => {
    const { sessions, rows } = start();
    const { session, secret } = sessions.open("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0");
    expect(sessions.find(secret)).toEqual(session);
    expect(session.label).toBe("Firefox, Linux");
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(rows())).not.toContain(secret);
    expect(sessions.find(`${secret.slice(0, -1)}_`)).toBeNull();
    expect(sessions.find("")).toBeNull();
  });

  test("stays so over a restart", () => {
    const before = start();
    const { session, secret } = before.sessions.open(undefined);
    expect(start({ before }).sessions.find(secret)).toEqual(session);
  });

  test("is signed out by another API token, and not in again by the old one after the next sign-in", () => {
    const before = start();
    const { secret } = before.sessions.open(undefined);
    const after = start({ before, token: "another" });
    expect(after.sessions.find(secret)).toBeNull();
    expect(after.sessions.list()).toEqual([]);
    after.sessions.open(undefined);
    expect(start({ before }).sessions.find(secret)).toBeNull();
  });

  test("is signed out 30 days after it was last used", async () => {
    const { sessions, clock, rows } = start();
    const { session, secret } = sessions.open(undefined);
    expect(session.expiresAt).toBe(clock.now() + 30 * DAY_MS);
    await clock.advance(30 * DAY_MS - 1);
    const seen = sessions.find(secret);
    expect(seen?.expiresAt).toBe(clock.now() + 30 * DAY_MS);
    await clock.advance(30 * DAY_MS);
    expect(sessions.find(secret)).toBeNull();
    sessions.open(undefined);
    expect(rows()).toHaveLength(1);
  });

  test("is signed out after 180 days, however much it is used", async () => {
    const { sessions, clock } = start();
    const { secret } = sessions.open(undefined);
    for (let day = 0; day < 179; day++) {
      await clock.advance(DAY_MS);
      expect(sessions.find(secret)).not.toBeNull();
    }
    expect(sessions.find(secret)?.expiresAt).toBe(clock.now() + DAY_MS);
    await clock.advance(DAY_MS);
    expect(sessions.find(secret)).toBeNull();
  });

  test("is noted as seen once an hour at most", async () => {
    const { sessions, clock, rows } = start();
    const { session, secret } = sessions.open(undefined);
    await clock.advance(HOUR_MS - 1);
    sessions.find(secret);
    expect(rows()[0]?.lastSeenAt).toBe(session.lastSeenAt);
    await clock.advance(1);
    sessions.find(secret);
    expect(rows()[0]?.lastSeenAt).toBe(session.lastSeenAt + HOUR_MS);
  });

  test("goes on while the database takes no writes", async () => {
    const { sessions, clock, database, lines } = start();
    const { secret } = sessions.open(undefined);
    await clock.advance(2 * HOUR_MS);
    database.sqlite.pragma("query_only = 1");
    for (let n = 0; n < 3; n++) expect(sessions.find(secret)).not.toBeNull();
    database.sqlite.pragma("query_only = 0");
    expect(lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  test("can be signed out, alone or with all others; who hears of it is told which", () => {
    const { sessions, database } = start();
    const told: string[] = [];
    sessions.onEnded((ids) => told.push(...ids));
    const [one, two, three] = [sessions.open("A"), sessions.open("Firefox/1"), sessions.open("B")];
    expect(sessions.end(two.session.id, "owner")).toBe(true);
    expect(sessions.end(two.session.id, "owner")).toBe(false);
    expect(sessions.find(two.secret)).toBeNull();
    expect(sessions.endOthers(three.session.id, "web:3")).toEqual([one.session.id]);
    expect(sessions.find(one.secret)).toBeNull();
    expect(sessions.list().map(({ id }) => id)).toEqual([three.session.id]);
    expect(sessions.endOthers(null, "owner")).toEqual([three.session.id]);
    expect(told).toEqual([two.session.id, one.session.id, three.session.id]);
    const audited = database.db.select().from(auditEntries).all();
    expect(audited.map(({ actor, action, target }) => ({ actor, action, target }))).toEqual([
      { actor: "owner", action: "web.sign_in", target: one.session.id },
      { actor: "owner", action: "web.sign_in", target: two.session.id },
      { actor: "owner", action: "web.sign_in", target: three.session.id },
      { actor: "owner", action: "web.sign_out", target: two.session.id },
      { actor: "web:3", action: "web.sign_out", target: one.session.id },
      { actor: "owner", action: "web.sign_out", target: three.session.id },
    ]);
  });
});

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
    "Chrome, Linux",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36 Edg/145.0.0.0",
    "Edge, Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    "Safari, macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/145.0 Mobile/15E148 Safari/604.1",
    "Chrome, iPhone",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
    "Samsung Internet, Android",
  ],
  ["curl/8.5.0", ""],
  [undefined, ""],
])("%s is called “%s”", (userAgent, label) => {
  expect(browserLabel(userAgent)).toBe(label);
});
