import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { holdDirectory, UnsafePathError } from "./held-directory.ts";

describe("a held directory", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "steward-held-"));
    mkdirSync(join(root, "work"));
    mkdirSync(join(root, "outside"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("makes an inner directory for its owner alone, and finds it again", () => {
    const work = holdDirectory(join(root, "work"));
    expect(work.inner("files")).toBeNull();
    work.ensureInner("files").close();
    const files = work.inner("files");
    expect(files?.path).toBe(join(root, "work", "files"));
    expect(statSync(join(root, "work", "files")).mode & 0o777).toBe(0o700);
    files?.close();
    work.close();
  });

  test.each(["link", "dangling", "file"])("an inner directory that is a %s is refused", (kind) => {
    const planted = join(root, "work", "files");
    if (kind === "link") symlinkSync(join(root, "outside"), planted);
    else if (kind === "dangling") symlinkSync(join(root, "nowhere"), planted);
    else writeFileSync(planted, "");
    const work = holdDirectory(join(root, "work"));
    expect(() => work.inner("files")).toThrow(UnsafePathError);
    expect(() => work.ensureInner("files")).toThrow(UnsafePathError);
    expect(readdirSync(join(root, "outside"))).toEqual([]);
    work.close();
  });

  test("what is done in it is done in it, whatever takes its place", () => {
    const work = holdDirectory(join(root, "work"));
    const files = work.ensureInner("files");
    renameSync(join(root, "work", "files"), join(root, "work", "elsewhere"));
    symlinkSync(join(root, "outside"), join(root, "work", "files"));
    writeFileSync(files.entry("note.txt"), "mine");
    expect(readFileSync(join(root, "work", "elsewhere", "note.txt"), "utf8")).toBe("mine");
    expect(readdirSync(join(root, "outside"))).toEqual([]);
    files.close();
    work.close();
  });

  test.each(["", ".", "..", "a/b", "../a", "a\0b"])("%j is not the name of an entry", (name) => {
    const work = holdDirectory(join(root, "work"));
    expect(() => work.entry(name)).toThrow(TypeError);
    work.close();
  });

  test("a missing one is missing, and a closed one is of no use", () => {
    expect(() => holdDirectory(join(root, "nowhere"))).toThrow(/ENOENT/);
    const work = holdDirectory(join(root, "work"));
    work.close();
    work.close();
    expect(() => work.entry("a")).toThrow(TypeError);
  });
});
