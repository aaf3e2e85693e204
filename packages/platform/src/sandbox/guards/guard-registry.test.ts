import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGuardLedger } from "./guard-ledger.ts";
import { createGuardRegistry, type GuardRegistry } from "./guard-registry.ts";
import type { GuardedPath } from "./guarded-path.ts";

let root: string;
let ledger: string;
let registry: GuardRegistry;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "steward-registry-"));
  mkdirSync(join(root, "work"));
  ledger = join(root, "guards.json");
  registry = createGuardRegistry(createGuardLedger(ledger));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, "work", name);
const folder = (name: string): GuardedPath => ({ path: at(name), placeholder: { kind: "directory" } });
const file = (name: string, content = ""): GuardedPath => ({
  path: at(name),
  placeholder: { kind: "file", content },
});
const bare = (name: string): GuardedPath => ({ path: at(name), placeholder: null });
const lies = () => readdirSync(join(root, "work")).sort();

test("what is missing is placed, and goes with the last one that needs it", () => {
  const one = registry.take([folder(".claude"), file("pointer", ".\n")], []);
  const other = registry.take([folder(".claude")], []);
  expect(one.mounts).toEqual([at(".claude"), at("pointer")]);
  one.release();
  one.release();
  expect(lies()).toEqual([".claude"]);
  expect(other.changed()).toEqual([]);
  other.release();
  expect(lies()).toEqual([]);
  expect(existsSync(ledger)).toBe(false);
});

test("what was there before, or was put there meanwhile, stays", () => {
  mkdirSync(at(".vscode"));
  const held = registry.take([folder(".vscode"), folder(".claude"), file("pointer")], []);
  writeFileSync(join(at(".claude"), "settings.json"), "{}");
  writeFileSync(at("pointer"), "the owner's");
  held.release();
  expect(lies()).toEqual([".claude", ".vscode", "pointer"]);
});

test("removed, renamed over and come into being: each is told, also when it is over", () => {
  for (const name of ["config", "kept", "secret"]) writeFileSync(at(name), "old");
  const held = registry.take(
    [bare("config"), bare("kept"), bare("absent"), folder(".claude")],
    [at("secret"), at("new-secret")],
  );
  expect(held.changed()).toEqual([]);
  writeFileSync(at("kept"), "written in place: the mount stays");
  writeFileSync(at("config.lock"), "new");
  renameSync(at("config.lock"), at("config"));
  writeFileSync(at("secret.new"), "new");
  renameSync(at("secret.new"), at("secret"));
  writeFileSync(at("absent"), "the agent's to make");
  writeFileSync(at("new-secret"), "");
  rmSync(at(".claude"), { recursive: true });
  const changed = ["config", ".claude", "secret", "new-secret"].map(at);
  expect(held.changed()).toEqual(changed);
  held.release();
  expect(held.changed()).toEqual(changed);
});

test("a placeholder that the owner took away is placed again for the next one", () => {
  const one = registry.take([folder(".claude")], []);
  rmSync(at(".claude"), { recursive: true });
  const other = registry.take([folder(".claude")], []);
  expect([one.changed(), other.changed()]).toEqual([[at(".claude")], []]);
  one.release();
  expect(lies()).toEqual([".claude"]);
  other.release();
  expect(lies()).toEqual([]);
});

test("a link is not mounted over, and its replacement is told", () => {
  symlinkSync(root, at(".claude"));
  const held = registry.take([folder(".claude")], []);
  expect(held.mounts).toEqual([]);
  rmSync(at(".claude"));
  symlinkSync("/", at(".claude"));
  expect(held.changed()).toEqual([at(".claude")]);
});

test("when placing fails midway, nothing is left", () => {
  writeFileSync(at("no-folder"), "");
  const impossible = folder("no-folder/inner");
  expect(() => registry.take([folder(".claude"), impossible], [])).toThrow(/ENOTDIR/);
  expect(lies()).toEqual(["no-folder"]);
});

test("what a killed service has left goes at the next start; what has been used since stays", () => {
  registry.take([folder(".claude"), folder(".vscode"), file("pointer", ".\n")], []);
  writeFileSync(join(at(".vscode"), "tasks.json"), "{}");
  createGuardRegistry(createGuardLedger(ledger)).removeLeftovers();
  expect(lies()).toEqual([".vscode"]);
  expect(existsSync(ledger)).toBe(false);
});
