import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSystemClock } from "../../src/clock.ts";
import { createIds } from "../../src/ids.ts";
import {
  createProcessSpawner,
  createProcessTable,
  findMarkedProcesses,
  type ManagedProcess,
  type SpawnOptions,
  type SpawnResult,
  sampleTrees,
} from "../../src/process/index.ts";
import {
  createGuardRegistry,
  createHostRules,
  type GuardRegistry,
  probeSandbox,
  type Sandbox,
  type SandboxRequest,
} from "../../src/sandbox/index.ts";
import { bareRequest, hasBubblewrap, sandboxHere } from "./sandbox-here.ts";

const clock = createSystemClock();
const MARKER = "STEWARD_SANDBOX_TEST";
let folder: string;
let cwd: string;
let outside: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "steward-sandbox-")));
  cwd = join(folder, "work");
  outside = join(folder, "outside");
  mkdirSync(cwd);
  mkdirSync(outside);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  process: ManagedProcess;
  changedGuards(): readonly string[];
  output(): string;
  /** Resolves when the output contains the text. */
  said(text: string): Promise<void>;
}

async function start(
  script: string,
  more: Partial<SandboxRequest> = {},
  guards: GuardRegistry = createGuardRegistry(null),
): Promise<Started> {
  let text = "";
  let look: () => void = () => undefined;
  const spawned = await sandboxHere(guards).spawn(
    {
      command: "/bin/sh",
      args: ["-c", script],
      env: { PATH: "/usr/bin:/bin", [MARKER]: folder },
      onStdout: (chunk) => {
        text += chunk.toString("utf8");
        look();
      },
    },
    bareRequest(cwd, more),
  );
  if (!spawned.ok) throw spawned.error;
  return {
    process: spawned.process,
    changedGuards: () => spawned.changedGuards(),
    output: () => text,
    said: (wanted) =>
      new Promise((resolve) => {
        look = () => {
          if (text.includes(wanted)) resolve();
        };
        look();
      }),
  };
}

/** Runs to its end; both outputs. */
async function run(script: string, more: Partial<SandboxRequest> = {}): Promise<string> {
  const started = await start(`exec 2>&1; ${script}`, more);
  started.process.stdin.end();
  await started.process.drained;
  return started.output() + started.process.stderrTail();
}

const marked = () => findMarkedProcesses({ name: MARKER, value: folder });

describe.skipIf(!hasBubblewrap)("a program in the sandbox", () => {
  test("sees its directory and the system, not what lies beside it", async () => {
    writeFileSync(join(outside, "secret"), "canary");
    writeFileSync(join(cwd, "own"), "mine");
    symlinkSync(join(outside, "secret"), join(cwd, "link"));
    const output = await run(`cat own; cat link; cat ${outside}/secret; ls ${folder}; ls /home /root; pwd`);
    expect(output).toContain("mine");
    expect(output).toContain(cwd);
    expect(output).not.toContain("canary");
    expect(output).not.toMatch(/^outside$/m);
  });

  test("writes into its directory and nowhere else", async () => {
    await run(
      `echo a > own; echo b > ${outside}/new; echo c > /usr/steward-test; echo d > /etc/steward-test`,
    );
    expect(existsSync(join(cwd, "own"))).toBe(true);
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync("/usr/steward-test")).toBe(false);
    expect(existsSync("/etc/steward-test")).toBe(false);
  });

  test("cannot write to the kernel's settings, which bubblewrap alone leaves open to root", async () => {
    const output = await run(
      "test -w /proc/sys/kernel/core_pattern && echo open; test -w /proc/sysrq-trigger && echo open; true",
    );
    expect(output).not.toContain("open");
  });

  test("cannot read what in /etc is root's alone", async () => {
    expect(await run("cat /etc/shadow")).not.toMatch(/^root:/m);
  });

  test("has no network but the doors it was given", async () => {
    const server = createServer((socket) => socket.end("hello from outside"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const knock = `"${process.execPath}" -e 'const s=require("net").connect(${port},"127.0.0.1");s.on("data",d=>console.log(String(d)));s.on("error",e=>console.log(e.code))'`;
    expect(await run(knock)).toContain("ECONNREFUSED");
    const forwards = [{ port, target: { host: "127.0.0.1", port } }];
    expect(await run(knock, { forwards })).toContain("hello from outside");
    server.close();
  });

  test("reaches through the proxy what the list names, and is refused the rest", async () => {
    const server = createHttpServer((_, answer) => answer.end("page"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const proxy = { port: 3128, rules: createHostRules([`127.0.0.1:${port}`]), upstream: null };
    const get = (url: string) =>
      `"${process.execPath}" -e 'require("http").get({host:"127.0.0.1",port:3128,path:"${url}"},r=>{r.on("data",d=>console.log(r.statusCode,String(d)))})'`;
    expect(await run(get(`http://127.0.0.1:${port}/`), { proxy })).toContain("200 page");
    expect(await run(get("http://example.com/"), { proxy })).toContain(
      "403 Steward: example.com:80 is not on the list",
    );
    server.close();
  });

  test("finds its private files, and cannot replace what was put there against that", async () => {
    const guard = join(cwd, ".claude");
    const output = await run(
      `cat /home/nobody-here/.state; touch ${guard}/settings.json; mv ${guard} ${guard}2; rm -rf ${guard}; ls -a`,
      {
        files: [{ path: "/home/nobody-here/.state", content: "private" }],
        guarded: [{ path: guard, placeholder: { kind: "directory" } }],
      },
    );
    expect(output).toContain("private");
    expect(existsSync(join(cwd, ".claude2"))).toBe(false);
    // Empty as it was made, it is taken away again.
    expect(existsSync(guard)).toBe(false);
  });

  test("keeps its guards when another one beside it ends", async () => {
    const guard = join(cwd, ".claude");
    const guards = createGuardRegistry(null);
    const more = { guarded: [{ path: guard, placeholder: { kind: "directory" } as const }] };
    const first = await start("echo up; read go", more, guards);
    const second = await start(
      `echo up; read go; touch ${guard}/planted; mkdir ${guard}; echo over`,
      more,
      guards,
    );
    await first.said("up");
    first.process.stdin.end();
    await first.process.exited;
    second.process.stdin.write("go\n");
    await second.process.drained;
    expect(second.output()).toContain("over");
    expect(existsSync(guard)).toBe(false);
  });

  test("no longer guards what somebody outside has renamed over, and says so", async () => {
    const config = join(cwd, "config");
    writeFileSync(config, "owner's");
    const started = await start(`echo up; read go; echo planted > ${config}; cat ${config}`, {
      guarded: [{ path: config, placeholder: null }],
    });
    await started.said("up");
    expect(started.changedGuards()).toEqual([]);
    writeFileSync(`${config}.lock`, "owner's second");
    renameSync(`${config}.lock`, config);
    expect(started.changedGuards()).toEqual([config]);
    started.process.stdin.write("go\n");
    await started.process.drained;
    // What the kernel does with the mount: if this ever fails, nothing needs to be watched any more.
    expect(started.output()).toContain("planted");
  });

  test("does not see a secret that lies in what is shown, nor is told of one that does not", async () => {
    const shown = join(folder, "checkout");
    mkdirSync(join(shown, "backups"), { recursive: true });
    writeFileSync(join(shown, ".env"), "canary");
    writeFileSync(join(shown, "backups/one"), "canary");
    writeFileSync(join(outside, "secret"), "canary");
    const output = await run(`cat ${shown}/.env ${shown}/backups/one; ls ${shown} ${outside}`, {
      readOnly: [shown],
      masked: [join(shown, ".env"), join(shown, "backups"), join(outside, "secret")],
    });
    expect(output).not.toContain("canary");
    expect(output).not.toContain("secret\n");
  });

  test("leaves nothing behind when it cannot be put under its limit or does not start", async () => {
    const guard = join(cwd, ".claude");
    const more = { guarded: [{ path: guard, placeholder: { kind: "directory" } as const }] };
    const noIds = { ...createIds(), uuid4: () => String(AbortSignal.abort().throwIfAborted()) };
    const options = { command: "/bin/sh", args: ["-c", "sleep 300"], env: { [MARKER]: folder } };
    const failed = await sandboxHere(createGuardRegistry(null), noIds).spawn(options, bareRequest(cwd, more));
    expect(failed.ok).toBe(false);
    expect(marked()).toEqual([]);
    expect(existsSync(guard)).toBe(false);
  });

  test("that is short runs with no network and only what it was given", async () => {
    writeFileSync(join(outside, "secret"), "canary");
    const request = bareRequest(cwd, { readOnly: [cwd] });
    const command = { command: "/bin/sh", env: { PATH: "/usr/bin:/bin" }, timeoutMs: 5_000 };
    const script = `pwd; cat ${outside}/secret; touch ${cwd}/planted; exit 3`;
    const result = await sandboxHere().run({ ...command, args: ["-c", script] }, request);
    expect(result).toMatchObject({ ok: true, code: 3, stdout: `${cwd}\n` });
    expect(readdirSync(cwd)).toEqual([]);
    const late = await sandboxHere().run({ ...command, args: ["-c", "sleep 300"], timeoutMs: 100 }, request);
    expect(late).toMatchObject({ ok: false, reason: "timeout" });
  });

  test("cannot start more processes than it may", async () => {
    const output = await run(
      "for i in $(seq 1 60); do sleep 30 & done; echo started $(ls -d /proc/[0-9]* | wc -l)",
      {
        maxProcesses: 30,
      },
    );
    const most = Number(/started (\d+)/.exec(output)?.[1] ?? 0);
    expect(most).toBeLessThanOrEqual(32);
    expect(marked()).toEqual([]);
  });

  test("is known by its own pid, gets SIGTERM itself and may finish what it does", async () => {
    const started = await start("trap 'echo saved; exit 143' TERM; echo up; while :; do sleep 0.05; done");
    await started.said("up");
    expect(marked().map(({ pid }) => pid)).toContain(started.process.pid);
    expect(started.process.kill("SIGTERM")).toBe(true);
    expect(await started.process.drained).toEqual({ code: 143, signal: null });
    expect(started.output()).toContain("saved");
  });

  test("is charged for what it has left to the sandbox's first process", async () => {
    const grab = `"${process.execPath}" -e 'const b=Buffer.alloc(96*2**20,1);console.log("grabbed",b.length);setTimeout(()=>{},3e5)'`;
    const started = await start(`(setsid ${grab} &); read go`);
    await started.said("grabbed");
    const usage = await sampleTrees([started.process.pid]);
    started.process.kill("SIGKILL");
    expect(usage.get(started.process.pid)?.rssBytes).toBeGreaterThan(96 * 2 ** 20);
  });

  test("that is killed says so, and takes with it what has left its group, session and parent", async () => {
    const started = await start(
      "setsid sleep 300 & (setsid sh -c 'sleep 301 & sleep 302' &) ; nohup sleep 303 & sleep 0.2; echo up; wait",
    );
    await started.said("up");
    expect(marked().length).toBeGreaterThan(4);
    started.process.kill("SIGKILL");
    expect(await started.process.exited).toMatchObject({ signal: "SIGKILL" });
    expect(marked()).toEqual([]);
  });

  test("that ends by itself leaves nothing behind either", async () => {
    const started = await start("setsid sleep 300 & sleep 0.1; exit 7");
    expect(await started.process.exited).toEqual({ code: 7, signal: null });
    expect(marked()).toEqual([]);
  });

  test("goes with whoever started it, however that ends", async () => {
    const owner = fileURLToPath(new URL("./fixtures/owner.ts", import.meta.url));
    const child: ChildProcess = spawn(process.execPath, [owner, cwd], {
      env: { ...process.env, [MARKER]: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout as NonNullable<typeof child.stdout>, "data");
    // The owner, bubblewrap twice, the shell and three sleeps.
    expect(marked().length).toBeGreaterThanOrEqual(6);
    child.kill("SIGKILL");
    await expect.poll(() => marked(), { timeout: 5_000 }).toEqual([]);
  });

  test("row 3: its first program does not wait for a service that was killed before it could let it in", async () => {
    const owner = fileURLToPath(new URL("./fixtures/killed-at-the-door.ts", import.meta.url));
    const child = spawn(process.execPath, [owner], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [told] = (await once(child.stdout, "data")) as [Buffer];
    const pid = Number(told.toString());
    const isThere = () =>
      createProcessTable()
        .list()
        .some((entry) => entry.pid === pid && !entry.isZombie);
    try {
      await expect.poll(isThere, { timeout: 5_000 }).toBe(false);
    } finally {
      if (isThere()) process.kill(pid, "SIGKILL");
    }
  });

  test("does not start in a directory that is not there, or without its command", async () => {
    const sandbox = sandboxHere();
    const options = { command: "/bin/sh", args: [], env: {} };
    const gone = await sandbox.spawn(options, bareRequest(join(folder, "gone")));
    expect(gone.ok ? null : gone.error.code).toBe("cwd_missing");
    const absent = await sandbox.spawn({ ...options, command: "/nowhere/program" }, bareRequest(cwd));
    expect(absent.ok ? null : absent.error.code).toBe("not_found");
  });
});

const plainSandbox = (
  spawn: (options: SpawnOptions, request: SandboxRequest) => Promise<SpawnResult>,
): Sandbox => ({
  spawn: async (options, request) => {
    const spawned = await spawn(options, request);
    return spawned.ok ? { ...spawned, changedGuards: () => [] } : spawned;
  },
  run: () => Promise.reject(new Error("nothing short is run here")),
});

describe.skipIf(!hasBubblewrap)("the proof", () => {
  const home = (): string => {
    const path = join(folder, "home");
    mkdirSync(join(path, ".ssh"), { recursive: true });
    return path;
  };

  test("holds with the sandbox", async () => {
    const verdict = await probeSandbox({
      sandbox: sandboxHere(),
      dataDirectory: outside,
      secrets: [],
      home: home(),
      clock,
    });
    expect(verdict).toMatchObject({ holds: true });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("names every hole when nothing shuts the program in", async () => {
    const spawner = createProcessSpawner();
    const none = plainSandbox((options, request) => spawner.spawn({ ...options, cwd: request.cwd }));
    const verdict = await probeSandbox({
      sandbox: none,
      dataDirectory: outside,
      secrets: [],
      home: home(),
      clock,
    });
    const ofRoot = process.getuid?.() === 0 ? ["write_system", "write_kernel"] : [];
    const holes = [
      ...ofRoot,
      "read_data",
      "see_home",
      "see_processes",
      "see_owner",
      "write_data",
      "write_guarded",
      "reach_service",
    ];
    expect(verdict.holds ? [] : verdict.failures).toEqual(expect.arrayContaining(holes));
  });

  test("fails when nothing can be started", async () => {
    const spawner = createProcessSpawner();
    const broken = plainSandbox((options) => spawner.spawn({ ...options, command: "/bin/false", args: [] }));
    const verdict = await probeSandbox({
      sandbox: broken,
      dataDirectory: outside,
      secrets: [],
      home: home(),
      clock,
    });
    expect(verdict).toMatchObject({ holds: false, failures: ["start"] });
  });
});
