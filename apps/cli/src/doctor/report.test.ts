import { chmodSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "@steward/claude/cli-driver";
import { openDataDirectory } from "@steward/platform/data-directory";
import { createRedactor } from "@steward/platform/logger";
import { LANGUAGES, type Language } from "@steward/schema/enums";
import { describe, expect, test } from "vitest";
import { createScreen } from "../../test/screen.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { readSettings } from "../settings/settings.ts";
import { diagnose, type Facts } from "./diagnosis.ts";
import { printReport } from "./report.ts";

const GB = 1_073_741_824;
const NOW = Date.UTC(2026, 10, 20, 12);

/** A sound installation: everything there, private, running, paired with one bot. */
function soundFacts(): Facts {
  const root = join(temporaryDirectory("doctor"), "home");
  const data = openDataDirectory(root);
  data.readOrCreateToken();
  writeFileSync(data.db, "x".repeat(4_096), { mode: 0o600 });
  utimesSync(data.db, NOW / 1_000, NOW / 1_000);
  const settings = readSettings({
    STEWARD_HOME: root,
    TELEGRAM_BOT_TOKEN: `123456789:${"A".repeat(35)}`,
    ANTHROPIC_API_KEY: "sk-ant-1",
  });
  if (!settings.ok) throw new Error("The settings of this test are wrong");
  return {
    settings: settings.value,
    dotEnvPath: join(root, ".env"),
    nodeVersion: "24.21.0",
    minimumNode: "22.18.0",
    claude: {
      minimumVersion: "2.1.197",
      binary: { path: "/usr/local/bin/claude", version: "2.1.328", source: "path" },
      login: { loggedIn: true, method: "api_key" },
    },
    sandbox: { examined: { holds: true, durationMs: 120 } },
    probe: {
      state: "up",
      readiness: { status: "ready", components: [{ name: "database", ok: true }] },
      inside: {
        system: {
          version: "0.1.0",
          mode: "live",
          startedAt: NOW,
          cli: {
            found: true,
            path: "/usr/local/bin/claude",
            version: "2.1.328",
            source: "path",
            login: "api_key",
            problem: null,
          },
          sandbox: { setting: "auto", active: true, problem: null, message: null },
          sessions: { live: 0, max: 12, queued: 0 },
          transcription: { mode: "off", detail: "", problem: null },
          embedding: {
            ...{ choice: "looked_for", embedder: null, problem: null, vectorsProblem: null },
            ...{ active: null, coming: null },
          },
          passedOver: { badLines: 0, oversizeLines: 0, unknownEvents: 0, unknownTypes: [] },
          search: { vectorProblem: null, waiting: 0 },
          holds: [],
          deadDeliveries: 0,
          commandProblems: [],
        },
        chats: [],
        bots: [
          {
            id: "123456789",
            kind: "telegram",
            username: "ada_bot",
            state: "polling",
            stateDetail: "",
            stateAt: NOW,
            ackedThrough: null,
          },
        ],
      },
    },
    user: { uid: process.getuid?.(), name: "ada" },
    listening: ["127.0.0.1"],
    freeDiskBytes: 80 * GB,
    freeMemoryBytes: 3.5 * GB,
    nowMs: NOW,
    timeZone: "Europe/Zurich",
  };
}

/** The data directory belongs to whoever runs the tests; as root that line would be red. */
function report(facts: Facts, language: Language): string {
  const screen = createScreen({ ttys: [], language });
  const findings = diagnose(facts).filter(({ check }) => check !== "user");
  printReport(findings, { terminal: screen.terminal, redactor: createRedactor() });
  return screen.stdout().replaceAll(facts.settings.data.root, "/home/ada/.steward");
}

const brokenFacts = (): Facts => {
  const sound = soundFacts();
  const { data } = sound.settings;
  chmodSync(data.root, 0o755);
  chmodSync(data.token, 0o644);
  chmodSync(data.db, 0o644);
  writeFileSync(sound.dotEnvPath, "", { mode: 0o644 });
  chmodSync(sound.dotEnvPath, 0o644);
  return {
    ...sound,
    settings: { ...sound.settings, host: "0.0.0.0", telegramTokens: ["123456789"] },
    nodeVersion: "20.20.2",
    claude: {
      minimumVersion: "2.1.197",
      binary: new CliError("cli_not_found", "no claude on PATH, and none was installed with Steward"),
      login: null,
    },
    sandbox: { examined: { holds: false, problem: "missing", detail: "no bwrap on PATH" } },
    probe: {
      state: "up",
      readiness: { status: "failing", components: [{ name: "disk", ok: false, detail: "only 12 MB free" }] },
      inside: null,
    },
    freeDiskBytes: GB / 100,
    freeMemoryBytes: GB / 3,
    nowMs: Date.UTC(2020, 0, 1),
  };
};

const freshFacts = (): Facts => {
  const sound = soundFacts();
  const settings = readSettings({ STEWARD_HOME: join(sound.settings.data.root, "none") });
  if (!settings.ok) throw new Error("The settings of this test are wrong");
  return {
    ...sound,
    settings: settings.value,
    claude: { ...sound.claude, login: { loggedIn: false, method: null } },
    probe: { state: "down" },
  };
};

describe.each(LANGUAGES)("the doctor's report in %s", (language) => {
  test("on a sound installation", async () => {
    await expect(report(soundFacts(), language)).toMatchFileSnapshot(`reports/sound.${language}.txt`);
  });

  test("before the first start", async () => {
    await expect(report(freshFacts(), language)).toMatchFileSnapshot(`reports/fresh.${language}.txt`);
  });

  test("where nearly everything is wrong", async () => {
    await expect(report(brokenFacts(), language)).toMatchFileSnapshot(`reports/broken.${language}.txt`);
  });
});

test("root is a red line, an ordinary user is not", () => {
  const status = (uid: number | undefined) =>
    diagnose({ ...soundFacts(), user: { uid, name: "x" } }).find(({ check }) => check === "user")?.status;
  expect(status(0)).toBe("problem");
  expect(status(1_000)).toBe("ok");
  expect(status(undefined)).toBe("ok");
});

test("row 45: without the vector extension there is a red line with the next step", () => {
  const facts = soundFacts();
  if (facts.probe.state !== "up" || facts.probe.inside === null) throw new Error("the service is up here");
  expect(
    diagnose(facts)
      .filter(({ check }) => check === "search")
      .map(({ status }) => status),
  ).toEqual(["ok"]);
  const { inside } = facts.probe;
  const system = { ...inside.system, search: { vectorProblem: "vec0.so: cannot open", waiting: 0 } };
  const findings = diagnose({ ...facts, probe: { ...facts.probe, inside: { ...inside, system } } });
  expect(findings.find(({ check }) => check === "search")).toMatchObject({
    status: "problem",
    fix: { key: "cli.doctor.vectors_unavailable_fix" },
  });
});

test("a check that cannot be made does not keep the others from being made", () => {
  const facts = soundFacts();
  const broken: Facts = {
    ...facts,
    get freeDiskBytes(): number {
      throw new Error("no such device");
    },
  };
  const findings = diagnose(broken);
  expect(findings.find(({ check }) => check === "disk")).toMatchObject({
    status: "warning",
    message: { key: "cli.doctor.check_failed" },
  });
  expect(findings.map(({ check }) => check)).toContain("clock");
});
