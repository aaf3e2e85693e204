import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DataDirectoryError, locateDataDirectory, openDataDirectory, readToken } from "./data-directory.ts";

const scratch = (): string => join(mkdtempSync(join(tmpdir(), "steward-data-")), "home");
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DataDirectoryError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("locateDataDirectory", () => {
  test("names the same places as an opened directory and makes none of them", () => {
    const root = scratch();
    const paths = locateDataDirectory(root);
    expect(existsSync(root)).toBe(false);
    expect(readToken(paths.token)).toBeUndefined();
    expect(openDataDirectory(root)).toMatchObject(paths);
  });
});

describe("openDataDirectory", () => {
  test("lays out private directories at the first start and finds them again", () => {
    const root = scratch();
    const data = openDataDirectory(root);
    for (const path of [
      data.root,
      data.workspaces,
      data.worktrees,
      data.archive,
      data.backups,
      data.reports,
      data.logs,
    ]) {
      expect(modeOf(path)).toBe("700");
    }
    expect(data.db).toBe(join(root, "steward.db"));
    expect(data.lockDb).toBe(join(root, "lock.db"));
    expect(openDataDirectory(root).workspaces).toBe(data.workspaces);
  });

  test("closes an empty directory that others can read", () => {
    const root = scratch();
    mkdirSync(root, { mode: 0o755 });
    chmodSync(root, 0o755);
    openDataDirectory(root);
    expect(modeOf(root)).toBe("700");
  });

  test("refuses somebody's open directory instead of closing it", () => {
    const root = scratch();
    mkdirSync(root);
    chmodSync(root, 0o755);
    writeFileSync(join(root, "holiday.jpg"), "");
    expect(codeOf(() => openDataDirectory(root))).toBe("directory_exposed");
    expect(modeOf(root)).toBe("755");
    expect(readdirSync(root)).toEqual(["holiday.jpg"]);
  });

  test("names a file in the way", () => {
    const root = scratch();
    writeFileSync(root, "");
    expect(codeOf(() => openDataDirectory(root))).toBe("not_a_directory");
    expect(codeOf(() => openDataDirectory(join(root, "below")))).toBe("not_a_directory");
  });
});

describe("the token", () => {
  test("is absent before the first start, then made once with mode 0600", () => {
    const data = openDataDirectory(scratch());
    expect(data.readToken()).toBeUndefined();
    const token = data.readOrCreateToken();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(modeOf(data.token)).toBe("600");
    expect(data.readOrCreateToken()).toBe(token);
    expect(openDataDirectory(data.root).readToken()).toBe(token);
    expect(readdirSync(data.root).filter((name) => name.startsWith("token."))).toEqual([]);
  });

  test("is not used once others could have read it", () => {
    const data = openDataDirectory(scratch());
    data.readOrCreateToken();
    chmodSync(data.token, 0o644);
    expect(codeOf(() => data.readOrCreateToken())).toBe("token_exposed");
  });

  test("an empty or broken file is reported, not silently replaced", () => {
    const data = openDataDirectory(scratch());
    writeFileSync(data.token, "", { mode: 0o600 });
    expect(codeOf(() => data.readOrCreateToken())).toBe("token_invalid");
    expect(readFileSync(data.token, "utf8")).toBe("");
  });

  test("programs that start at the same time agree on one token", async () => {
    const root = scratch();
    openDataDirectory(root);
    const module = JSON.stringify(new URL("./data-directory.ts", import.meta.url).href);
    const program = `import { openDataDirectory } from ${module};
      process.stdout.write(openDataDirectory(${JSON.stringify(root)}).readOrCreateToken());`;
    const run = (): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
        let out = "";
        child.stdout.on("data", (chunk: Buffer) => {
          out += chunk.toString();
        });
        child.on("close", () => resolve(out));
      });
    const tokens = await Promise.all([run(), run(), run(), run()]);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[\w-]{43}$/);
  });
});
