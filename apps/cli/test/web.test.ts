import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runSteward } from "./run-steward.ts";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run, runInChinese } = service;
const CODE = "c0de-of-forty-three-characters-0123456789abc";
const ids = ["0190a5b0-7c3e-7000-8000-000000000001", "0190a5b1-7c3e-7000-8000-000000000002"] as const;

const offerCode = () =>
  service.double.on("createWebCode", () => ({ body: { code: CODE, path: `/#code=${CODE}`, expiresAt: 1 } }));
const signedIn = () => {
  const at = Date.now() - 3 * 3_600_000;
  const session = { label: "Firefox, Linux", createdAt: at, lastSeenAt: at, expiresAt: at, isCurrent: false };
  service.double.on("listWebSessions", () => ({
    body: [
      { ...session, id: ids[0] },
      { ...session, id: ids[1], label: "" },
    ],
  }));
};

test("web prints a link that signs in, alone, and beside it what to know of it", async () => {
  offerCode();
  const { code, stdout, stderr } = await run("web");
  expect(stdout).toBe(`${service.double.url}/#code=${CODE}\n`);
  expect(stderr).toContain("one browser, for ten minutes");
  expect(code).toBe(0);
  expect((await runInChinese("web")).stderr).toContain("十分钟");
});

test("web --open hands the browser a page that only its person can read, and no argument tells the code", async () => {
  offerCode();
  const tools = join(service.home, "tools");
  mkdirSync(tools);
  writeFileSync(
    join(tools, "xdg-open"),
    `#!/bin/sh\necho "$@" > '${tools}/opened.new'\nmv '${tools}/opened.new' '${tools}/opened'\n`,
  );
  chmodSync(join(tools, "xdg-open"), 0o755);
  const env = { PATH: `${tools}:${process.env.PATH}`, DISPLAY: ":7" };
  const { stdout, stderr } = await runSteward(["web", "--open"], {
    home: service.home,
    port: service.double.port,
    env,
  });
  expect(stderr).not.toContain("no browser");
  await expect
    .poll(() => statSync(join(tools, "opened"), { throwIfNoEntry: false })?.size)
    .toBeGreaterThan(0);
  const opened = readFileSync(join(tools, "opened"), "utf8").trim();
  expect(opened).not.toContain(CODE);
  const page = fileURLToPath(opened);
  expect(statSync(page).mode & 0o777).toBe(0o600);
  expect(readFileSync(page, "utf8")).toContain(`url=${stdout.trim()}"`);
});

test("web --open says so where there is no browser", async () => {
  offerCode();
  const { code, stdout, stderr } = await run("web", "--open");
  expect(stdout).toContain(CODE);
  expect(stderr).toContain("There is no browser here");
  expect(code).toBe(0);
});

test("web --list shows who is signed in", async () => {
  signedIn();
  const { stdout } = await run("web", "--list");
  expect(stdout).toContain(`${ids[0]}  Firefox, Linux`);
  expect(stdout).toContain(`${ids[1]}  unknown`);
  expect(stdout).toContain("3 h");
  service.double.on("listWebSessions", () => ({ body: [] }));
  expect((await run("web", "--list")).stdout).toContain("No browser is signed in");
});

test("web --revoke signs out one, by the beginning of its id, or all", async () => {
  signedIn();
  service.double.on("revokeWebSession", () => ({ body: { revoked: true } }));
  service.double.on("revokeOtherWebSessions", () => ({ body: { revoked: 2 } }));
  expect((await run("web", "--revoke", "0190a5b1")).stdout).toContain("Signed out: 1");
  expect(service.double.callsOf("revokeWebSession").map(({ params }) => params.sessionId)).toEqual([ids[1]]);
  expect((await run("web", "--revoke", "all")).stdout).toContain("Signed out: 2");
  for (const id of ["0190", "nobody"]) {
    const { code, stderr } = await run("web", "--revoke", id);
    expect(stderr).toContain("steward web --list");
    expect(code).not.toBe(0);
  }
  expect(service.double.callsOf("revokeWebSession")).toHaveLength(1);
});
