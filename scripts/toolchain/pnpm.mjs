import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FetchError, fetchPackage } from "./fetch-package.mjs";
import { findOnPath } from "./search-path.mjs";

/**
 * The pinned pnpm: the machine's own when it is exactly that version, else the one from npm (kept in `.toolchain/`).
 *
 * @param {object} options
 * @param {string} options.folder the checkout's `.toolchain`
 * @param {import("./pins.mjs").Pins} options.pins
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(what: string) => void} options.onFetch called before something is downloaded
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function ensurePnpm({ folder, pins, env, onFetch }) {
  const version = pins.pnpm;
  const target = join(folder, `pnpm-${version}-${process.platform}-${process.arch}`);
  const path = join(target, "bin", "pnpm");
  if (existsSync(path)) return { path, version };
  const own = findOnPath("pnpm", env.PATH);
  if (own && isExactly(own, version, join(folder, "machine-pnpm.json"))) return { path: own, version };
  onFetch(`pnpm ${version}`);
  await fetchPackage({
    spec: `pnpm@${version}`,
    folder: target,
    env,
    finish: (staged) => linkPnpm(staged, version),
  });
  return { path, version };
}

/**
 * Starting a program to ask its version costs up to half a second, so the answer is remembered for as long as the
 * file stays the same.
 *
 * @param {string} path
 * @param {string} version
 * @param {string} memory
 */
function isExactly(path, version, memory) {
  const real = realpathSync(path);
  // corepack's shim answers with one version and then runs (or fails to fetch) another.
  if (real.includes("corepack")) return false;
  const { mtimeMs, size } = statSync(real);
  const key = JSON.stringify([real, mtimeMs, size]);
  const known = existsSync(memory) ? JSON.parse(readFileSync(memory, "utf8")) : {};
  if (known.key === key) return known.version === version;
  // Away from the checkout, where `packageManager` would make pnpm switch to another version of itself.
  const { status, stdout } = spawnSync(path, ["--version"], {
    cwd: tmpdir(),
    encoding: "utf8",
    timeout: 10_000,
  });
  const found = status === 0 ? stdout.trim() : "";
  mkdirSync(dirname(memory), { recursive: true });
  // By rename, so that a run beside this one never reads half a file.
  writeFileSync(`${memory}.${process.pid}`, `${JSON.stringify({ key, version: found })}\n`);
  renameSync(`${memory}.${process.pid}`, memory);
  return found === version;
}

/**
 * The `pnpm` package holds a placeholder that its install script would replace by the platform's program; we run no
 * install scripts, so we place it ourselves: beside `dist/`, where pnpm looks for the node-gyp it brings.
 *
 * @param {string} staged
 * @param {string} version
 */
function linkPnpm(staged, version) {
  const modules = join(staged, "node_modules");
  const platforms = join(modules, "@pnpm");
  const [program] = (existsSync(platforms) ? readdirSync(platforms) : [])
    .filter((name) => name.startsWith("exe."))
    .map((name) => join(platforms, name, "pnpm"))
    .filter((candidate) => existsSync(candidate));
  if (!program) {
    throw new FetchError(
      `pnpm ${version} brings no program for ${process.platform}-${process.arch}.\n` +
        `Install pnpm ${version} yourself (pnpm.io) and run the command again.`,
    );
  }
  const placed = join(modules, "pnpm", "pnpm");
  rmSync(placed, { force: true });
  try {
    linkSync(program, placed);
  } catch {
    // File systems without hard links (network shares, some containers).
    copyFileSync(program, placed);
  }
  mkdirSync(join(staged, "bin"));
  symlinkSync(join("..", "node_modules", "pnpm", "pnpm"), join(staged, "bin", "pnpm"));
}
