import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireInstanceLock } from "@steward/schema/instance-lock";
import { openDatabase } from "@steward/schema/sqlite";
import { settings } from "@steward/schema/tables";
import { beforeEach, describe, expect, test } from "vitest";
import { layOutData, makeHome, runSteward } from "./run-steward.ts";

let home: string;
let root: string;
let database: string;

beforeEach(() => {
  home = makeHome();
  root = layOutData(home);
  database = join(root, "steward.db");
});

const run = (...args: string[]) => runSteward(args, { home });
const write = (name: string): void => {
  const opened = openDatabase({ path: database });
  opened.write((tx) => tx.insert(settings).values({ name, value: "", updatedAt: 1 }).run());
  opened.close();
};
const names = (): string[] => {
  const opened = openDatabase({ path: database });
  const found = opened.db.select().from(settings).all();
  opened.close();
  return found.map(({ name }) => name);
};
const backups = (): string[] => readdirSync(join(root, "backups"));

describe("steward backup", () => {
  test("copies the database when nothing runs, for its owner alone, and lists it", async () => {
    write("kept");
    const { code, stdout } = await run("backup");
    expect(code).toBe(0);
    const [name = ""] = backups();
    expect(stdout).toContain(join(root, "backups", name));
    expect(statSync(join(root, "backups", name)).mode & 0o777).toBe(0o600);
    expect((await run("backup", "--list")).stdout).toContain(name);
  });

  test("says that there is nothing to copy before the first start, and makes nothing", async () => {
    const { code, stderr } = await run("backup");
    expect(code).toBe(2);
    expect(stderr).toContain("There is no database");
    expect(existsSync(database)).toBe(false);
  });
});

describe("steward restore", () => {
  test("puts the newest good backup in place of a damaged database and keeps that one", async () => {
    write("kept");
    await run("backup");
    const damaged = readFileSync(database).fill(0xaa, 4096, 12_288);
    writeFileSync(database, damaged);
    writeFileSync(join(root, "backups", "steward-2099-01-01T00-00-00Z.db"), damaged, { mode: 0o600 });

    const { code, stdout } = await run("restore");
    expect(code).toBe(0);
    expect(stdout).toContain("Restored the backup of");
    expect(names()).toEqual(["kept"]);
    const aside = readdirSync(root).find((name) => name.startsWith("steward.db.replaced-")) ?? "";
    expect(stdout).toContain(aside);
    expect(readFileSync(join(root, aside)).equals(damaged)).toBe(true);
  });

  test("takes the one it is told, by name or by path, and can be undone", async () => {
    write("first");
    await run("backup");
    const [name = ""] = backups();
    write("second");
    expect((await run("restore", name)).code).toBe(0);
    expect(names()).toEqual(["first"]);
    const aside = readdirSync(root).find((entry) => entry.startsWith("steward.db.replaced-")) ?? "";
    expect((await run("restore", join(root, aside))).code).toBe(0);
    expect(names()).toEqual(["first", "second"]);
  });

  test("refuses while a service holds the data directory, and names it", async () => {
    write("kept");
    await run("backup");
    const before = readFileSync(database);
    const lock = acquireInstanceLock(join(root, "lock.db"), { pid: 4711, since: 1, version: "test" });
    const { code, stderr } = await run("restore");
    lock.release();
    expect(code).toBe(2);
    expect(stderr).toContain("process 4711");
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  test("refuses what is damaged, missing or no database of Steward, and changes nothing", async () => {
    write("kept");
    const stranger = join(home, "stranger.db");
    writeFileSync(stranger, "not a database ".repeat(1_000));
    expect((await run("restore", stranger)).stderr).toContain("is damaged and was not restored");
    expect((await run("restore", "nowhere.db")).stderr).toContain("There is no backup “nowhere.db”");
    expect((await run("restore")).stderr).toContain("No good backup was found");
    expect(names()).toEqual(["kept"]);
  });

  test("speaks Chinese to whoever does", async () => {
    const { stderr } = await runSteward(["restore"], { home, env: { LANG: "zh_CN.UTF-8" } });
    expect(stderr).toContain("找不到完好的备份");
  });
});
