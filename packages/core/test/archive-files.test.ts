import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { hashFile } from "../src/archives/hash-file.ts";
import { packArchive } from "../src/archives/pack-archive.ts";
import { verifyArchive } from "../src/archives/read-archive.ts";
import { removeTree, unpackArchive } from "../src/archives/unpack-archive.ts";

let root: string;
let workspace: string;
let archive: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "steward-archive-"));
  onTestFinished(() => removeTree(root));
  workspace = join(root, "workspace");
  archive = join(root, "chat.tar.gz");
  mkdirSync(join(workspace, "src", "empty"), { recursive: true });
  writeFileSync(join(workspace, "notes.txt"), "beans\n");
  writeFileSync(join(workspace, "src", "run.sh"), "#!/bin/sh\n");
  chmodSync(join(workspace, "src", "run.sh"), 0o755);
  utimesSync(join(workspace, "notes.txt"), 1_700_000_000, 1_700_000_000);
});

const roots = () => [{ name: "workspace", path: workspace }];
const pack = () => packArchive(archive, roots(), () => undefined);
const unpack = (sha256: string, mark = "a1") => unpackArchive(archive, roots(), { sha256, mark });

/** Everything of a tree that has to come back. */
const describeTree = (path: string, name = ""): unknown[] => {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return [[name, "link", readlinkSync(path)]];
  const mode = stats.mode & 0o777;
  if (!stats.isDirectory()) return [[name, mode, readFileSync(path).toString("base64")]];
  const children = readdirSync(path).sort();
  return [
    [name, mode, "directory"],
    ...children.flatMap((child) => describeTree(join(path, child), `${name}/${child}`)),
  ];
};

test("what was packed comes back as it was: bytes, modes, times, links, empty directories, odd names", async () => {
  symlinkSync("/usr/bin/env", join(workspace, "absolute"));
  symlinkSync("../src", join(workspace, "src", "up"));
  symlinkSync("nowhere", join(workspace, "dangling"));
  const odd = "ünï – 名前 🌱 'quote\" back\\slash\nline";
  writeFileSync(join(workspace, odd), "odd");
  mkdirSync(join(workspace, "x".repeat(120), "y".repeat(120)), { recursive: true });
  writeFileSync(join(workspace, "x".repeat(120), "y".repeat(120), "z".repeat(120)), "deep");
  writeFileSync(join(workspace, "empty"), "");
  writeFileSync(join(workspace, "large"), Buffer.alloc(3_000_000, 7));
  mkdirSync(join(workspace, "locked"));
  writeFileSync(join(workspace, "locked", "file"), "text", { mode: 0o400 });
  chmodSync(join(workspace, "locked"), 0o555);
  const before = describeTree(workspace);

  const packed = await pack();
  await verifyArchive(archive, packed);
  expect(statSync(archive).mode & 0o777).toBe(0o600);
  await removeTree(workspace);
  await unpack(packed.sha256);
  expect(describeTree(workspace)).toEqual(before);
  expect(statSync(join(workspace, "notes.txt")).mtimeMs).toBe(1_700_000_000_000);
  expect(readdirSync(root).sort()).toEqual(["chat.tar.gz", "workspace"]);
});

test("anybody's tar can read it", async () => {
  await pack();
  expect(execFileSync("tar", ["-xzOf", archive, "workspace/notes.txt"], { encoding: "utf8" })).toBe(
    "beans\n",
  );
});

test("no link is followed, and what is no file is left out", async () => {
  writeFileSync(join(root, "secret"), "not to be packed");
  symlinkSync(join(root, "secret"), join(workspace, "link"));
  symlinkSync(root, join(workspace, "linked-directory"));
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(join(workspace, "socket"), resolve));
  const { entries } = await pack();
  expect(entries.map(({ name, type }) => `${type} ${name}`)).toEqual([
    "directory workspace",
    "symlink workspace/link",
    "symlink workspace/linked-directory",
    "file workspace/notes.txt",
    "directory workspace/src",
    "directory workspace/src/empty",
    "file workspace/src/run.sh",
  ]);
  expect(execFileSync("gzip", ["-dc", archive], { encoding: "utf8" })).not.toContain("not to be packed");
});

describe("an archive is refused", () => {
  test.each([
    ["cut short", () => truncateSync(archive, statSync(archive).size - 20)],
    ["with one bit turned", () => flipBit()],
    ["with something behind it", () => appendFileSync(archive, "x")],
  ])("when it is %s, and nothing is brought back", async (_, damage) => {
    const packed = await pack();
    damage();
    await expect(verifyArchive(archive, packed)).rejects.toThrow();
    await removeTree(workspace);
    await expect(unpack(packed.sha256)).rejects.toThrow();
    expect(existsSync(workspace)).toBe(false);
    expect(readdirSync(root)).toEqual(["chat.tar.gz"]);
  });

  test("when it lacks something that was packed", async () => {
    const packed = await pack();
    const more = { ...packed.entries[1], name: "workspace/zzz" };
    const claimed = { ...packed, entries: [...packed.entries, more] as typeof packed.entries };
    await expect(verifyArchive(archive, claimed)).rejects.toThrow("does not hold what was packed");
  });

  test("when a name in it leads out", async () => {
    writeFileSync(join(root, "evil.txt"), "x");
    execFileSync("tar", ["-czPf", archive, "--transform=s,^,workspace/../,", "evil.txt"], { cwd: root });
    await expect(unpack(await hashFile(archive))).rejects.toThrow("holds no");
  });

  const flipBit = (): void => {
    const bytes = readFileSync(archive);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(archive, bytes);
  };
});

describe("bringing back where something is", () => {
  test("keeps what is there, and puts a different one beside it; twice is the same as once", async () => {
    const { sha256 } = await pack();
    writeFileSync(join(workspace, "notes.txt"), "peas\n");
    writeFileSync(join(workspace, "new.txt"), "new\n");
    rmSync(join(workspace, "src", "run.sh"));
    await unpack(sha256);
    await unpack(sha256);
    expect(readdirSync(workspace).sort()).toEqual(["new.txt", "notes.txt", "notes.txt.archived-a1", "src"]);
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("peas\n");
    expect(readFileSync(join(workspace, "notes.txt.archived-a1"), "utf8")).toBe("beans\n");
    expect(readFileSync(join(workspace, "src", "run.sh"), "utf8")).toBe("#!/bin/sh\n");
  });

  test("writes nothing through a link that was put in the way", async () => {
    const { sha256 } = await pack();
    await removeTree(join(workspace, "src"));
    mkdirSync(join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), join(workspace, "src"));
    await unpack(sha256);
    expect(readdirSync(join(root, "elsewhere"))).toEqual([]);
    expect(existsSync(join(workspace, "src.archived-a1", "run.sh"))).toBe(true);
  });

  test("begins anew after it was broken off half-way", async () => {
    const { sha256 } = await pack();
    await removeTree(workspace);
    const stage = join(root, ".workspace.unpacking-a1");
    mkdirSync(stage);
    writeFileSync(join(stage, "notes.txt"), "bea");
    await unpack(sha256);
    expect(readFileSync(join(workspace, "notes.txt"), "utf8")).toBe("beans\n");
    expect(readdirSync(root).sort()).toEqual(["chat.tar.gz", "workspace"]);
  });
});

test("giving up in the middle says why", async () => {
  let asked = 0;
  const proceed = () => {
    asked += 1;
    if (asked === 3) throw new Error("somebody writes");
  };
  await expect(packArchive(archive, roots(), proceed)).rejects.toThrow("somebody writes");
});

test("a file that grows while it is read is not packed", async () => {
  writeFileSync(join(workspace, "log"), "x");
  const grow = () => appendFileSync(join(workspace, "log"), "x");
  await expect(packArchive(archive, roots(), grow)).rejects.toThrow();
});

describe("an archive is known by its digest", () => {
  test("one that was replaced by another whole one is not brought back", async () => {
    const { sha256 } = await pack();
    rmSync(archive);
    writeFileSync(join(workspace, "notes.txt"), "planted\n");
    await pack();
    await removeTree(workspace);
    await expect(unpack(sha256)).rejects.toThrow("was changed since it was made");
    expect(existsSync(workspace)).toBe(false);
  });

  test("reading back notices a byte that changes nothing of its content", async () => {
    const packed = await pack();
    const bytes = readFileSync(archive);
    // The time in gzip's header, which nobody reads.
    bytes.writeUInt8(bytes.readUInt8(4) ^ 1, 4);
    writeFileSync(archive, bytes);
    await expect(verifyArchive(archive, packed)).rejects.toThrow("not on the disk as it was written");
  });
});
