import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getChatStatus, newConversation } from "@steward/contract/chats";
import { setPolicy } from "@steward/contract/policies";
import { getTurn, submitTurn } from "@steward/contract/turns";
import { type Rig, startRig } from "../rig.ts";

/** A Steward with something to steal, an agent's chat, a victim's chat, and places where an agent's calls would show. */
export interface HostileWorld {
  readonly rig: Rig;
  /** The home of Steward's owner. */
  readonly userHome: string;
  /** A directory of the owner's that has nothing to do with Steward. */
  readonly outside: string;
  /** The agent's working directory. */
  readonly workspace: string;
  readonly victim: { workspace: string; transcript: string; pid(): Promise<number> };
  readonly cliPath: string;
  readonly port: number;
  /** Ports where somebody listens who must not be reached. */
  readonly callbacks: { tcp: number; udp: number; path: string; abstract: string };
  /** What each secret says; none of these words ever stands in a prompt. */
  readonly secrets: Readonly<Record<SecretName, string>>;
  /** How many connections and datagrams have come in. */
  callsReceived(): number;
  /** Runs the directives in the agent's chat; the answer is what its tools gave back. */
  ask(prompt: string, chatId?: string): Promise<string>;
  /** Ends the agent's process; the next turn starts another one. */
  endSession(): Promise<void>;
  close(): Promise<void>;
}

const SECRETS = [
  "database",
  "log",
  "backup",
  "victimFile",
  "victimTranscript",
  "sshKey",
  "cloudKey",
  "serverKey",
  "environment",
  "temporary",
] as const;
export type SecretName = (typeof SECRETS)[number];

const BOT = "web";
export const AGENT = "agent";
const VICTIM = "victim";
const TERMINAL = new Set(["done", "failed", "interrupted", "cancelled"]);

export const startHostileWorld = async (options: {
  cli: string;
  sandbox: "require" | "off";
}): Promise<HostileWorld> => {
  const secrets = Object.fromEntries(
    SECRETS.map((name) => [name, `canary-${name}-${randomUUID().slice(0, 8)}`]),
  ) as Record<SecretName, string>;
  const rig = await startRig({
    cli: options.cli,
    apiEnv: {
      STEWARD_SANDBOX: options.sandbox,
      STEWARD_BYPASS_WITHOUT_SANDBOX: "1",
      NOT_FOR_THE_AGENT: secrets.environment,
    },
  });
  const userHome = rig.env.HOME ?? "";
  const root = dirname(rig.home);
  const outside = join(root, "outside");
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  put(join(outside, "note"), "untouched");
  put(join(rig.home, "logs/api.log"), secrets.log);
  put(join(rig.home, "backups/steward.db.bak"), secrets.backup);
  put(join(userHome, ".ssh/id_ed25519"), secrets.sshKey);
  put(join(userHome, ".aws/credentials"), secrets.cloudKey);
  put(join(userHome, ".bashrc"), "# the owner's\n");
  put(
    join(userHome, ".claude.json"),
    JSON.stringify({ mcpServers: { x: { env: { KEY: secrets.serverKey } } } }),
  );
  const shared = mkdtempSync(join(tmpdir(), "steward-hostile-"));
  put(join(shared, "secret"), secrets.temporary);

  await rig.client().call(setPolicy, { body: { name: "permissionMode", value: "bypassPermissions" } });

  const ask: HostileWorld["ask"] = async (text, chatId = AGENT) => {
    const { turnId } = await rig.client().call(submitTurn, {
      headers: { "idempotency-key": randomUUID() },
      body: { botId: BOT, chatId, threadId: "", text },
    });
    for (const deadline = Date.now() + 50_000; Date.now() < deadline; ) {
      // The API may be what the agent has just ended.
      const turn = await rig
        .client()
        .call(getTurn, { params: { turnId } })
        .catch(() => null);
      if (turn !== null && TERMINAL.has(turn.state)) return `${turn.text}${turn.errorDetail ?? ""}`;
      if (!rig.api.running()) return "the API has ended";
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no end of the turn: ${text}`);
  };

  const workspaces = join(rig.home, "workspaces", BOT);
  const workspace = join(workspaces, AGENT);
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: workspace, env: { PATH: process.env.PATH, HOME: outside } });
  git("init", "-q");
  git("config", "user.email", "agent@example.com");
  await ask(`SAY:${secrets.victimTranscript} and ${secrets.database}`, VICTIM);
  const victimWorkspace = join(workspaces, VICTIM);
  put(join(victimWorkspace, "diary"), secrets.victimFile);
  const projects = join(
    userHome,
    ".claude/projects",
    realpathSync(victimWorkspace).replaceAll(/[^A-Za-z0-9]/g, "-"),
  );
  const transcript = await findTranscript(projects, secrets.victimTranscript);

  let calls = 0;
  const servers: (Server | UdpSocket)[] = [];
  const tcp = createServer((socket) => {
    calls += 1;
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nwalnut");
  });
  const path = join(outside, "door.sock");
  const abstract = `steward-hostile-${randomUUID()}`;
  const listen = (server: Server, where: object) =>
    new Promise<void>((resolve) => {
      servers.push(server);
      server.listen(where, () => resolve());
    });
  await listen(tcp, { port: 0, host: "127.0.0.1" });
  for (const where of [{ path }, { path: `\0${abstract}` }]) {
    await listen(
      createServer((socket) => {
        calls += 1;
        socket.end("walnut");
      }),
      where,
    );
  }
  const udp = createSocket("udp4");
  udp.on("message", () => {
    calls += 1;
  });
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", () => resolve()));
  servers.push(udp);
  const address = tcp.address();

  return {
    rig,
    userHome,
    outside,
    workspace,
    victim: {
      workspace: victimWorkspace,
      transcript,
      pid: async () => {
        const status = await rig
          .client()
          .call(getChatStatus, { query: { botId: BOT, chatId: VICTIM, threadId: "" } });
        if (status.session.pid !== null) return status.session.pid;
        await ask("SAY:back again", VICTIM);
        return (
          (await rig.client().call(getChatStatus, { query: { botId: BOT, chatId: VICTIM, threadId: "" } }))
            .session.pid ?? 0
        );
      },
    },
    cliPath: realpathSync(options.cli),
    port: Number(new URL(rig.url).port),
    callbacks: {
      tcp: typeof address === "object" && address !== null ? address.port : 0,
      udp: udp.address().port,
      path,
      abstract,
    },
    secrets,
    callsReceived: () => calls,
    ask,
    endSession: async () => {
      await rig.client().call(newConversation, { body: { botId: BOT, chatId: AGENT, threadId: "" } });
    },
    close: async () => {
      for (const server of servers) server.close();
      await rig.close();
      rmSync(shared, { recursive: true, force: true });
    },
  };
};

/** The CLI writes it a moment after its answer. */
const findTranscript = async (folder: string, words: string): Promise<string> => {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const found = readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => join(folder, name))
      .find((path) => readFileSync(path, "utf8").includes(words));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the victim has no transcript");
};

export const sharedTemporary = (): string =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith("steward-hostile-"))
    .map((name) => join(tmpdir(), name, "secret"))
    .find((path) => existsSync(path)) ?? "";

/** Living processes whose command line contains the words. */
export const processesLike = (words: string): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ").includes(words);
      } catch {
        // It has gone between the listing and this look.
        return false;
      }
    })
    .map(Number);
