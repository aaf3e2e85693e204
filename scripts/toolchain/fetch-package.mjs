import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { explainNpmFailure, npmMessage } from "./npm-failure.mjs";

const STALE_STAGING_MS = 60 * 60_000;

/** A package could not be fetched; the message is for a person and says what to do next. */
export class FetchError extends Error {
  /** @override */
  name = "FetchError";
}

/**
 * Puts one exact npm package into `folder`, with npm's integrity checks and without running any install script.
 * The folder appears by one rename, so it is complete whenever it exists: two runs may race, the second rename
 * loses and its copy is thrown away.
 *
 * @param {object} options
 * @param {string} options.spec e.g. `pnpm@12.21.0`
 * @param {string} options.folder absolute; its parent is made
 * @param {(stagedFolder: string) => void} options.finish makes the staged copy usable and throws when it is not
 * @param {NodeJS.ProcessEnv} options.env
 * @returns {Promise<void>}
 * @throws {FetchError}
 */
export async function fetchPackage({ spec, folder, finish, env }) {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  let staging;
  try {
    mkdirSync(parent, { recursive: true });
    removeStaleStaging(parent);
    staging = mkdtempSync(join(parent, ".staging-"));
  } catch (cause) {
    throw failure(spec, String(cause), cause);
  }
  try {
    await npmInstall(spec, staging, env);
    finish(staging);
    renameInto(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * @param {string} staging
 * @param {string} folder
 */
function renameInto(staging, folder) {
  try {
    renameSync(staging, folder);
  } catch (error) {
    // Another run was quicker: its folder is as good as ours.
    if (!existsSync(folder)) throw error;
  }
}

/**
 * What an interrupted run left. An hour is far longer than any fetch, so a running one is never removed.
 *
 * @param {string} parent
 */
function removeStaleStaging(parent) {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(".staging-")) continue;
    const path = join(parent, name);
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt !== undefined && Date.now() - changedAt > STALE_STAGING_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/**
 * @param {string} spec
 * @param {string} prefix
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
async function npmInstall(spec, prefix, env) {
  const [command, ...first] = npmCommand(env);
  const args = [
    ...first,
    "install",
    "--prefix",
    prefix,
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--ignore-scripts",
    // pnpm's own program is an optional dependency of `pnpm`; a machine may be set to omit those.
    "--include=optional",
    "--global=false",
    "--loglevel=error",
    // npm's defaults wait 10 s and 60 s between tries: too long for a person who is simply offline.
    "--fetch-retries=3",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
    spec,
  ];
  await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: prefix, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (cause) => {
      const missing = /** @type {NodeJS.ErrnoException} */ (cause).code === "ENOENT";
      reject(
        missing ? new FetchError("npm was not found on PATH: install npm and run the command again.") : cause,
      );
    });
    child.on("close", (code) => (code === 0 ? resolve(undefined) : reject(failure(spec, output))));
  });
}

/**
 * The npm that started us (its path is in the environment), else the one on PATH. pnpm sets the same variable to
 * its own path, hence the check of the name.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, ...string[]]}
 */
function npmCommand(env) {
  const runner = env.npm_execpath;
  if (runner && basename(runner) === "npm-cli.js" && existsSync(runner)) return [process.execPath, runner];
  return ["npm"];
}

/**
 * @param {string} spec
 * @param {string} output
 * @param {unknown} [cause]
 */
function failure(spec, output, cause) {
  const { reason, next } = explainNpmFailure(output);
  return new FetchError(`${npmMessage(output)}\nCould not fetch ${spec}: ${reason}.\n${next}`, { cause });
}
