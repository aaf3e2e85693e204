import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeTurn } from "@steward/claude/fake-cli-driver";
import type { Delivery } from "@steward/contract/deliveries";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { storedFileName } from "../src/files/stored-name.ts";
import { partialName } from "../src/files/upload-file.ts";
import { startCore, type TestCore, until } from "./test-core.ts";
import { unaskedResult } from "./unasked-result.ts";

let root: string;
let workspace: string;
let outbox: string;
let secret: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "steward-outbox-"));
  workspace = join(root, "4242", "42");
  outbox = join(workspace, "outbox");
  secret = join(root, "secret");
  writeFileSync(secret, "secret!");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const CHAT = { botId: "4242", chatId: "42", threadId: "" };

const workspaces = {
  ensure: ({ botId, chatId }: { botId: string; chatId: string }) => {
    const path = join(root, botId, chatId);
    mkdirSync(path, { recursive: true });
    return path;
  },
  pathOf: ({ botId, chatId }: { botId: string; chatId: string }) => join(root, botId, chatId),
  locate: ({ botId, chatId }: { botId: string; chatId: string }) => {
    const path = join(root, botId, chatId);
    return existsSync(path) ? path : null;
  },
  exists: existsSync,
};

const start = (options: Parameters<typeof startCore>[0] = {}) => startCore({ workspaces, ...options });

/** A turn of the chat in which the agent does something to its workspace, then answers. */
async function turn(t: TestCore, work: (turn: FakeTurn) => void, deliver = true) {
  t.driver.script = (each) => {
    mkdirSync(outbox, { recursive: true });
    work(each);
    each.answer("Here you are.");
  };
  const id = t.core.turns.submit({
    address: CHAT,
    text: "work",
    source: deliver ? "telegram" : "cli",
    language: "en",
    userId: "42",
    userName: "Ada",
    replyToMessageId: null,
    idempotencyKey: null,
    deliver,
  }).turnId;
  return await t.core.turns.waitForEnd(id);
}

const put = (name: string, content = "content") => writeFileSync(join(outbox, name), content);
/** What waits to go out, in its order. */
const open = (t: TestCore): Delivery[] => t.core.deliveries.open("4242");
const texts = (t: TestCore): [string, string][] => open(t).map(({ kind, text }) => [kind, text]);
const idle = (t: TestCore) => t.core.stop(0);

describe("files that the agent puts into its outbox", () => {
  test("go out after the answer, once, and lie in sent/ from then on", async () => {
    const t = await start();
    const ended = await turn(t, () => put("report.txt", "the report"));
    expect(texts(t)).toEqual([
      ["answer", "Here you are."],
      ["file", "report.txt"],
    ]);
    expect(ended.files).toEqual([
      {
        id: expect.any(String),
        direction: "out",
        name: "report.txt",
        mediaType: "text/plain",
        bytes: 10,
        path: expect.stringMatching(/^outbox\/sent\/\d{8}-\d{6}_report\.txt$/),
      },
    ]);
    expect(open(t)[1]?.file).toEqual(ended.files[0]);
    expect(readFileSync(join(workspace, ended.files[0]?.path ?? ""), "utf8")).toBe("the report");
    const { handle } = await t.core.files.open(ended.files[0]?.id ?? "");
    expect(await handle.readFile("utf8")).toBe("the report");
    await handle.close();
    await turn(t, () => undefined);
    expect(texts(t).filter(([kind]) => kind === "file")).toHaveLength(1);
    // The same name again is another file.
    await turn(t, () => put("report.txt", "the second report"));
    expect(texts(t).filter(([kind]) => kind === "file")).toHaveLength(2);
    expect(readdirSync(join(outbox, "sent"))).toHaveLength(2);
  });

  test("are listed in the final event, which is committed with the result", async () => {
    const t = await start();
    const { id } = await turn(t, () => put("a.txt"));
    const events: unknown[] = [];
    t.core.turns.subscribe(id, null, (item) => events.push(item?.event));
    expect(events).toContainEqual(
      expect.objectContaining({ type: "final", files: [expect.objectContaining({ name: "a.txt" })] }),
    );
  });

  test("of a client that waits for its answer are listed, and not sent anywhere", async () => {
    const t = await start();
    const ended = await turn(t, () => put("a.txt"), false);
    expect(ended.files.map(({ name }) => name)).toEqual(["a.txt"]);
    expect(open(t)).toEqual([]);
  });

  test("come with a result that nobody asked for, too", async () => {
    const t = await start();
    let emit: FakeTurn["emit"] = () => undefined;
    await turn(t, (each) => {
      emit = each.emit;
    });
    put("late.txt");
    emit({ ...unaskedResult, text: "the build is done" });
    await until(() => texts(t).length === 3, "the file is on its way");
    expect(texts(t).slice(1)).toEqual([
      ["answer", "the build is done"],
      ["file", "late.txt"],
    ]);
  });

  test("of a turn that was cut off go out as well", async () => {
    const t = await start();
    t.driver.script = async (each) => {
      mkdirSync(outbox, { recursive: true });
      await each.tool("Write", {});
      put("half.txt");
      each.session.crash();
    };
    const id = t.core.turns.submit({
      ...{ address: CHAT, text: "work", source: "telegram", language: "en", userId: "42", userName: "Ada" },
      ...{ replyToMessageId: null, idempotencyKey: null, deliver: true },
    }).turnId;
    expect((await t.core.turns.waitForEnd(id)).state).toBe("interrupted");
    await until(() => texts(t).some(([kind]) => kind === "file"), "the file is on its way");
    expect(t.core.turns.get(id)?.files.map(({ name }) => name)).toEqual(["half.txt"]);
  });

  test("the agent is told about both folders", async () => {
    const t = await start();
    await turn(t, () => undefined);
    expect(t.driver.launches[0]?.appendSystemPrompt).toContain("put them into ./outbox/");
    expect(t.driver.launches[0]?.appendSystemPrompt).toContain("lie in ./files/");
  });
});

describe("what is in an outbox and must not go out", () => {
  test("links, hard links, FIFOs, folders: nothing is read, each is told once and put aside", async () => {
    const t = await start();
    await turn(t, () => {
      symlinkSync(secret, join(outbox, "a-link"));
      linkSync(secret, join(outbox, "b-hard-link"));
      execFileSync("mkfifo", [join(outbox, "c-fifo")]);
      mkdirSync(join(outbox, "d-folder"));
      put("e-good.txt");
    });
    const told = texts(t).filter(([kind]) => kind === "notice");
    expect(told.map(([, text]) => /not-sent\/\d{8}-\d{6}_([\w-]+)/.exec(text)?.[1])).toEqual([
      "a-link",
      "b-hard-link",
      "c-fifo",
      "d-folder",
    ]);
    expect(texts(t).filter(([kind]) => kind === "file")).toEqual([["file", "e-good.txt"]]);
    expect(readFileSync(secret, "utf8")).toBe("secret!");
    expect(readdirSync(join(outbox, "sent"))).toHaveLength(1);
    await turn(t, () => undefined);
    expect(texts(t).filter(([kind]) => kind === "notice")).toHaveLength(4);
  });

  test("an outbox that is a link leads nowhere", async () => {
    const t = await start();
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "private.txt"), "private");
    await turn(t, () => {
      rmSync(outbox, { recursive: true });
      symlinkSync(elsewhere, outbox);
    });
    expect(texts(t)).toEqual([["answer", "Here you are."]]);
    expect(readdirSync(elsewhere)).toEqual(["private.txt"]);
  });

  test("nor does a sent/ that is a link", async () => {
    const t = await start();
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    const ended = await turn(t, () => {
      symlinkSync(elsewhere, join(outbox, "sent"));
      put("a.txt");
    });
    expect(ended).toMatchObject({ text: "Here you are.", errorCode: null, files: [] });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("a file above the limit stays, and the chat is told where", async () => {
    const t = await start({ fileLimits: { maxOutgoingBytes: 2_000_000 } });
    await turn(t, () => {
      writeFileSync(join(outbox, "big.bin"), Buffer.alloc(2_000_001));
      writeFileSync(join(outbox, "fits.bin"), Buffer.alloc(2_000_000));
    });
    expect(texts(t).slice(1)).toEqual([
      ["file", "fits.bin"],
      ["notice", expect.stringMatching(/outbox\/not-sent\/\d{8}-\d{6}_big\.bin is 2 MB/)],
    ]);
  });

  test("more than fits one answer waits for the next one", async () => {
    const t = await start({ fileLimits: { maxOutgoingFiles: 3 } });
    await turn(t, () => {
      for (let n = 0; n < 5; n++) put(`${n}.txt`);
    });
    expect(texts(t).slice(1)).toEqual([
      ["file", "0.txt"],
      ["file", "1.txt"],
      ["file", "2.txt"],
      ["notice", expect.stringContaining("2 more files")],
    ]);
    await turn(t, () => undefined);
    expect(texts(t).filter(([kind]) => kind === "file")).toHaveLength(5);
  });

  test("hidden and empty files are left where they are", async () => {
    const t = await start();
    await turn(t, () => {
      put(".gitkeep", "x");
      put("empty.txt", "");
    });
    expect(texts(t)).toEqual([["answer", "Here you are."]]);
    expect(readdirSync(outbox).sort()).toEqual([".gitkeep", "empty.txt"]);
  });

  test("a name full of tricks is a plain one outside", async () => {
    const t = await start();
    await turn(t, () => put("in\u202Evoice\n\u0007.txt"));
    expect(open(t)[1]?.file?.name).toBe("in_voice__.txt");
  });

  test("a file that is changed after it was taken is not handed out", async () => {
    const t = await start();
    const ended = await turn(t, () => put("a.txt", "original"));
    const path = join(workspace, ended.files[0]?.path ?? "");
    rmSync(path);
    symlinkSync(secret, path);
    await expect(t.core.files.open(ended.files[0]?.id ?? "")).rejects.toMatchObject({ code: "file_changed" });
  });
});

describe("a crash between taking and committing", () => {
  test("what was moved and not committed goes out after the next start, once", async () => {
    const t = await start();
    await turn(t, () => undefined);
    // The service died when the file had its new place and nothing more.
    mkdirSync(join(outbox, "sent"), { recursive: true });
    writeFileSync(join(outbox, "sent", storedFileName("report.txt", t.clock.now())), "the report");
    const old = t.clock.now() - 8 * 86_400_000;
    writeFileSync(join(outbox, "sent", storedFileName("of-last-week.txt", old)), "older than any crash");
    const again = await t.reboot();
    expect(texts(again).slice(1)).toEqual([["file", "report.txt"]]);
    const once = await again.reboot();
    expect(texts(once).slice(1)).toEqual([["file", "report.txt"]]);
    await idle(once);
  });

  test("what was not even moved goes out as well", async () => {
    const t = await start();
    await turn(t, () => undefined);
    mkdirSync(outbox, { recursive: true });
    put("report.txt");
    const again = await t.reboot();
    expect(texts(again).slice(1)).toEqual([["file", "report.txt"]]);
    expect(readdirSync(outbox)).toEqual(["sent"]);
    await idle(again);
  });

  test("nothing goes out of chats whose answers nobody delivers; it is listed", async () => {
    const t = await start();
    await turn(t, () => undefined, false);
    mkdirSync(outbox, { recursive: true });
    put("report.txt");
    const again = await t.reboot();
    expect(open(again)).toEqual([]);
    expect(again.core.files.list(CHAT, 10).map(({ name }) => name)).toEqual(["report.txt"]);
  });
});

describe("a file of which nobody knows whether it arrived", () => {
  const doubtful = async () => {
    const t = await start();
    await turn(t, () => put("report.txt"));
    const [answer, file] = open(t);
    if (!answer || !file?.file) throw new Error("nothing to deliver");
    t.core.deliveries.settle(answer.id, { outcome: "delivered" });
    expect(t.core.deliveries.settle(file.id, { outcome: "sending" })).toBe("sending");
    return { t, file, fileId: file.file.id };
  };

  test("is begun once, and shown to a front end that comes back as begun", async () => {
    const { t, file } = await doubtful();
    expect(() => t.core.deliveries.settle(file.id, { outcome: "sending" })).toThrow("It is sending");
    expect(open(t)).toMatchObject([{ id: file.id, state: "sending" }]);
    t.core.deliveries.settle(file.id, { outcome: "retry", retryAt: 5, error: "refused" });
    expect(open(t)).toMatchObject([{ id: file.id, state: "pending", attempt: 1 }]);
  });

  test("is asked about, and sent again only when a person says so, once per doubt", async () => {
    const { t, file, fileId } = await doubtful();
    t.core.deliveries.settle(file.id, { outcome: "possibly_delivered", error: "cut" });
    expect(open(t)).toMatchObject([
      {
        kind: "notice",
        actions: ["resend"],
        file: { id: fileId },
        text: expect.stringContaining("report.txt"),
      },
    ]);
    expect(() => t.core.files.resend(fileId, { ...CHAT, chatId: "43" })).toThrow("File not found");
    expect(t.core.files.resend(fileId, CHAT)).toBe(file.id);
    expect(() => t.core.files.resend(fileId, CHAT)).toThrow("It is known");
    expect(open(t).map(({ kind, state }) => [kind, state])).toEqual([
      ["file", "pending"],
      ["notice", "pending"],
    ]);
  });
});

test.each([
  ["a link", (place: string) => symlinkSync(secret, place)],
  ["a second name", (place: string) => linkSync(secret, place)],
  ["a FIFO", (place: string) => void execFileSync("mkfifo", [place])],
])(
  "row 50: %s that was planted in sent/ is not taken for a file that is still to be sent",
  async (_, plant) => {
    const t = await start();
    await turn(t, () => put("a.txt"));
    plant(join(outbox, "sent", storedFileName("plan.txt", t.clock.now())));
    const next = await t.reboot();
    expect(next.core.files.list(CHAT, 10).map(({ name }) => name)).toEqual(["a.txt"]);
  },
);

describe("leftovers of uploads that a crash cut off", () => {
  const ID = "0190a5b0-7c3e-8000-8000-000000000001";
  const files = () => join(workspace, "files");

  test("are taken away at the next start, with their final name if nobody was told of it; all else stays", async () => {
    const t = await start();
    await turn(t, () => undefined);
    mkdirSync(files());
    writeFileSync(join(files(), partialName(ID)), "half");
    const named = partialName(ID.replace(/1$/, "2"));
    writeFileSync(join(files(), named), "whole, not committed");
    linkSync(join(files(), named), join(files(), "20261121-120000_a.txt"));
    writeFileSync(join(files(), "20261121-120000_b.txt"), "the agent's own");
    writeFileSync(join(files(), "mine.part"), "the agent's own");
    await t.reboot();
    expect(readdirSync(files()).sort()).toEqual(["20261121-120000_b.txt", "mine.part"]);
  });

  test("an upload that was committed keeps its file", async () => {
    const t = await start();
    const content = (async function* () {
      yield Buffer.from("whole");
    })();
    const file = await t.core.files.receive({
      ...{ address: CHAT, name: "a.txt", idempotencyKey: "k", announcedBytes: 5, content },
      signal: new AbortController().signal,
    });
    const path = join(workspace, file.path);
    linkSync(path, join(files(), partialName(file.id)));
    await t.reboot();
    expect(readdirSync(files())).toEqual([file.path.replace("files/", "")]);
    expect(readFileSync(path, "utf8")).toBe("whole");
  });

  test("a files/ that is a link is left alone", async () => {
    const t = await start();
    await turn(t, () => undefined);
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, partialName(ID)), "not ours");
    symlinkSync(elsewhere, files());
    await t.reboot();
    expect(readdirSync(elsewhere)).toHaveLength(1);
    expect(lstatSync(files()).isSymbolicLink()).toBe(true);
    renameSync(elsewhere, `${elsewhere}-2`);
  });
});
