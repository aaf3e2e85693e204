import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
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
import {
  createProcessSpawner,
  createProcessTable,
  findMarkedProcesses,
  type ManagedProcess,
} from "../../src/process/index.ts";
import { createHostRules, probeSandbox, type Sandbox, type SandboxRequest } from "../../src/sandbox/index.ts";
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
  output(): string;
  /** Resolves when the output contains the text. */
  said(text: string): Promise<void>;
}

async function start(script: string, more: Partial<SandboxRequest> = {}): Promise<Started> {
  let text = "";
  let look: () => void = () => undefined;
  const spawned = await sandboxHere().spawn(
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
        placeholders: [{ path: guard, kind: "directory" }],
      },
    );
    expect(output).toContain("private");
    expect(existsSync(join(cwd, ".claude2"))).toBe(false);
    // Empty as it was made, it is taken away again.
    expect(existsSync(guard)).toBe(false);
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
      home: home(),
      clock,
    });
    expect(verdict).toMatchObject({ holds: true });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("names every hole when nothing shuts the program in", async () => {
    const spawner = createProcessSpawner();
    const none: Sandbox = { spawn: (options, request) => spawner.spawn({ ...options, cwd: request.cwd }) };
    const verdict = await probeSandbox({ sandbox: none, dataDirectory: outside, home: home(), clock });
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
    const broken: Sandbox = {
      spawn: (options) => spawner.spawn({ ...options, command: "/bin/false", args: [] }),
    };
    const verdict = await probeSandbox({ sandbox: broken, dataDirectory: outside, home: home(), clock });
    expect(verdict).toMatchObject({ holds: false, failures: ["start"] });
  });
});
