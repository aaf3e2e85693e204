import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
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
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FileRecord, MAX_UPLOAD_BYTES } from "@steward/contract/files";
import { submitTurn } from "@steward/contract/turns";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture, type FixtureOptions, TOKEN } from "./api-fixture.ts";
import { rawRequest } from "./raw-request.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

/** A client of the listening API, over real HTTP. */
async function start(options: FixtureOptions = {}) {
  const api = await createApiFixture(options);
  const { url, port } = await api.listen();
  const folder = join(api.workspaces, "cli", "main", "files");
  let keys = 0;
  const upload = async (
    content: Uint8Array | string | ReadableStream,
    { name = "note.txt", key = `key-${++keys}`, chatId = "main", type = "application/octet-stream" } = {},
  ): Promise<{ status: number; body: FileRecord & { code?: string; detail?: string } }> => {
    const query = new URLSearchParams({ botId: "cli", chatId, name });
    const response = await fetch(`${url}/api/v1/files?${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "idempotency-key": key, "content-type": type },
      body: content as ReadableStream,
      ...(content instanceof ReadableStream && { duplex: "half" }),
    });
    return { status: response.status, body: (await response.json()) as never };
  };
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  const left = () => (existsSync(folder) ? readdirSync(folder) : []);
  return { ...api, port, folder, upload, get, left };
}

const chunked = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

const listed = async ({ get }: Awaited<ReturnType<typeof start>>): Promise<FileRecord[]> =>
  (await (await get("/api/v1/files?botId=cli&chatId=main")).json()) as FileRecord[];

describe("an upload", () => {
  test("lies in the workspace, for its owner alone, and can be listed, fetched and deleted", async () => {
    const api = await start();
    const { status, body } = await api.upload("grüße\n", { name: "Grüße an alle.txt" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      direction: "in",
      name: "Grüße an alle.txt",
      path: expect.stringMatching(/^files\/\d{8}-\d{6}_Grüße an alle\.txt$/),
      bytes: 8,
      sha256: createHash("sha256").update("grüße\n").digest("hex"),
      mediaType: "text/plain",
      turnId: null,
    });
    const path = join(api.folder, basename(body.path));
    expect(readFileSync(path, "utf8")).toBe("grüße\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).nlink).toBe(1);
    expect(statSync(api.folder).mode & 0o777).toBe(0o700);
    expect(await listed(api)).toEqual([body]);

    const download = await api.get(`/api/v1/files/${body.id}`);
    expect(await download.text()).toBe("grüße\n");
    expect(Object.fromEntries(download.headers)).toMatchObject({
      "content-length": "8",
      "content-type": "text/plain",
      "content-disposition": `attachment; filename="Gr__e an alle.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20an%20alle.txt`,
      "content-security-policy": expect.stringMatching(/^sandbox;/),
      "x-content-type-options": "nosniff",
    });

    expect(await (await api.get(`/api/v1/files/${body.id}`, { method: "DELETE" })).json()).toEqual({
      deleted: true,
    });
    expect((await api.get(`/api/v1/files/${body.id}`)).status).toBe(404);
    expect(await listed(api)).toEqual([]);
    expect(api.left()).toEqual([]);
  });

  test("is written while it comes: half of it lies on the disk before the other half is sent", async () => {
    const api = await start();
    const half = Buffer.alloc(1_048_576, "a");
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      "idempotency-key": "k",
      "content-type": "application/octet-stream",
      "content-length": String(2 * half.length),
    };
    const path = "/api/v1/files?botId=cli&chatId=main&name=big.txt";
    const request = rawRequest(api.port, { method: "POST", path, headers });
    request.socket.write(half);
    await expect
      .poll(() => api.left().map((name) => statSync(join(api.folder, name)).size))
      .toEqual([half.length]);
    request.socket.write(half);
    expect(await request.head).toContain("201");
    request.socket.destroy();
    expect(api.left()).toEqual([expect.stringMatching(/_big\.txt$/)]);
  });

  test("takes its type from its content, not from what is said of it", async () => {
    const { upload } = await start();
    expect((await upload(PNG, { name: "x.txt", type: "text/html" })).body.mediaType).toBe("image/png");
    expect((await upload("<html>", { name: "x.png", type: "image/png" })).body.mediaType).toBe("text/plain");
    expect((await upload(Buffer.from([0, 1, 2, 255]), { name: "x.json" })).body.mediaType).toBe(
      "application/octet-stream",
    );
  });
});

describe("row 50: names", () => {
  const LONG = `${"漢".repeat(100)}.tar.gz`;
  test.each([
    ["../../etc/passwd", "_.._etc_passwd"],
    ["/etc/passwd", "_etc_passwd"],
    ["..", "file_"],
    ["", "file_"],
    ["a\u0000b.txt", "a_b.txt"],
    ["invoice\u202Efdp.txt", "invoice_fdp.txt"],
    [".claude/settings.json", "claude_settings.json"],
    [".mcp.json", "mcp.json"],
    ["-rf", "rf"],
    ["CON", "file_CON"],
    ["nul.txt", "file_nul.txt"],
    ["u\u0308ber.txt", "über.txt"],
    ['a"b\r\nX-Evil: 1.txt', "a_b__X-Evil_ 1.txt"],
    ["C:\\Windows\\win.ini", "C__Windows_win.ini"],
    [`${"x".repeat(300)}.txt`, `${"x".repeat(176)}.txt`],
    [LONG, `${"漢".repeat(57)}.tar.gz`],
  ])("%j is stored as …_%s", async (name, stored) => {
    const api = await start();
    const { status, body } = await api.upload("x", { name });
    expect(status).toBe(201);
    expect(body.path.replace(/^files\/\d{8}-\d{6}_/, "")).toBe(stored);
    expect(api.left()).toEqual([basename(body.path)]);
    expect(Buffer.byteLength(basename(body.path))).toBeLessThanOrEqual(255);
    expect(body.name).not.toMatch(/[\p{Cc}\u202a-\u202e/\\]/u);
  });

  test.each([
    ["botId=cli&chatId=1%2F..%2F2", "chatId"],
    ["botId=..&chatId=main", "botId"],
    ["botId=cli&chatId=..", "chatId"],
    [`botId=cli&chatId=${"1".repeat(300)}`, "chatId"],
    ["botId=cli&chatId=main&threadId=..", "threadId"],
    ["botId=cli&chatId=a%00b", "chatId"],
    [`botId=cli&chatId=main&name=${"n".repeat(1_001)}`, "name"],
  ])("%s: 422, and nothing is made", async (query, field) => {
    const api = await start();
    const response = await api.get(`/api/v1/files?${query}`, {
      method: "POST",
      headers: { "idempotency-key": "k", "content-type": "application/octet-stream" },
      body: "x",
    });
    expect(response.status).toBe(422);
    expect(JSON.stringify(await response.json())).toContain(`"${field}"`);
    expect(readdirSync(api.workspaces)).toEqual([]);
  });
});

describe("row 48: same name ×1,000", () => {
  test("a thousand files of one name, forty at a time, are a thousand files", async () => {
    const api = await start();
    let next = 0;
    const paths = new Set<string>();
    const sender = async () => {
      for (let n = next++; n < 1_000; n = next++) {
        const { status, body } = await api.upload(`number ${n}`, { name: "same.txt" });
        expect(status).toBe(201);
        paths.add(body.path);
      }
    };
    await Promise.all(Array.from({ length: 40 }, sender));
    expect(paths.size).toBe(1_000);
    const contents = new Set(api.left().map((name) => readFileSync(join(api.folder, name), "utf8")));
    expect(contents.size).toBe(1_000);
    expect(api.left()).toHaveLength(1_000);
  }, 60_000);
});

describe("row 48: limits", () => {
  const small = { fileLimits: { maxUploadBytes: 1_000 } };

  test.each([999, 1_000])("%i bytes of 1,000 are taken, announced or not", async (bytes) => {
    const { upload } = await start(small);
    expect((await upload(Buffer.alloc(bytes, "a"))).status).toBe(201);
    expect((await upload(chunked(Buffer.alloc(bytes, "a")))).status).toBe(201);
  });

  test("one byte more is refused, announced or not, and leaves nothing", async () => {
    const api = await start(small);
    const announced = await api.upload(Buffer.alloc(1_001, "a"));
    expect(announced).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    const unannounced = await api.upload(chunked(Buffer.alloc(500, "a"), Buffer.alloc(501, "a")));
    expect(unannounced).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    expect(api.left()).toEqual([]);
    expect(await listed(api)).toEqual([]);
  });

  test("is refused as soon as it passes, not when it ends", async () => {
    const api = await start(small);
    const request = rawRequest(api.port, {
      method: "POST",
      path: "/api/v1/files?botId=cli&chatId=main&name=endless",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "idempotency-key": "k",
        "content-type": "application/octet-stream",
        "transfer-encoding": "chunked",
      },
    });
    request.socket.write(`5dc\r\n${"a".repeat(1_500)}\r\n`);
    expect(await request.head).toContain("413");
    request.socket.destroy();
    expect(api.left()).toEqual([]);
  });

  test("100 MB is the cap: to the byte it is taken, one more is not", async () => {
    const api = await start();
    expect(MAX_UPLOAD_BYTES).toBe(104_857_600);
    const piece = Buffer.alloc(1_048_576, "a");
    const bytesOf = (extra: number) => {
      let sent = 0;
      return new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (sent < 100) controller.enqueue(piece);
          else if (sent === 100 && extra > 0) controller.enqueue(Buffer.alloc(extra, "b"));
          else controller.close();
          sent += 1;
        },
      });
    };
    expect((await api.upload(bytesOf(0))).body.bytes).toBe(MAX_UPLOAD_BYTES);
    expect((await api.upload(bytesOf(1))).status).toBe(413);
    expect(api.left()).toHaveLength(1);
  }, 60_000);

  test("zero bytes are refused, announced or not", async () => {
    const api = await start();
    for (const content of ["", chunked()]) {
      expect(await api.upload(content)).toMatchObject({ status: 422, body: { code: "file_empty" } });
    }
    // A sender that cannot say how much it will be, and then has nothing.
    const nothing = api.core.files.receive({
      address: { botId: "cli", chatId: "main", threadId: "" },
      name: "a.txt",
      idempotencyKey: "nothing",
      announcedBytes: null,
      content: chunked(),
      signal: new AbortController().signal,
    });
    await expect(nothing).rejects.toMatchObject({ code: "file_empty" });
    expect(api.left()).toEqual([]);
  });

  test("a chat has a quota, counted over what is stored and what is on its way", async () => {
    const api = await start();
    api.core.policies.set({}, "fileQuotaMb", 1, "test");
    expect((await api.upload(Buffer.alloc(700_000, "a"), { key: "first" })).status).toBe(201);
    expect(await api.upload(Buffer.alloc(400_000, "a"))).toMatchObject({
      status: 507,
      body: { code: "file_quota_full", detail: expect.stringContaining("of 1 MB") },
    });
    expect(await api.upload(chunked(Buffer.alloc(400_000, "a")))).toMatchObject({ status: 507 });
    expect((await api.upload(Buffer.alloc(400_000, "a"), { chatId: "other" })).status).toBe(201);
    expect(api.left()).toHaveLength(1);
    // What was deleted takes no room.
    const [first] = await listed(api);
    await api.get(`/api/v1/files/${first?.id}`, { method: "DELETE" });
    const both = await Promise.all([1, 2].map(() => api.upload(Buffer.alloc(600_000, "a"))));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 507]);
  });

  test("the disk keeps its floor", async () => {
    let free = 600 * 1_048_576;
    const api = await start({ freeDiskBytes: async () => free });
    expect((await api.upload("x")).status).toBe(201);
    free = 512 * 1_048_576 - 1;
    expect(await api.upload("x")).toMatchObject({ status: 507, body: { code: "storage_full" } });
    // What is announced counts before it is there.
    free = 513 * 1_048_576;
    expect(await api.upload(Buffer.alloc(2 * 1_048_576, "a"))).toMatchObject({ status: 507 });
    expect(api.left()).toHaveLength(1);
  });

  test("who drips is given up, and nothing is left", async () => {
    const api = await start({ fileLimits: { pace: { windowMs: 150, minBytes: 1_000 } } });
    const request = rawRequest(api.port, {
      method: "POST",
      path: "/api/v1/files?botId=cli&chatId=main&name=slow.txt",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "idempotency-key": "k",
        "content-type": "application/octet-stream",
        "content-length": "100000",
      },
    });
    const drip = setInterval(() => request.socket.write("a"), 10);
    try {
      expect(await request.head).toContain("408");
    } finally {
      clearInterval(drip);
      request.socket.destroy();
    }
    expect(api.left()).toEqual([]);
  });

  test("who goes away in the middle leaves nothing", async () => {
    const api = await start();
    const request = rawRequest(api.port, {
      method: "POST",
      path: "/api/v1/files?botId=cli&chatId=main&name=half.txt",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "idempotency-key": "k",
        "content-type": "application/octet-stream",
        "content-length": "100000",
      },
    });
    request.socket.write("half of it");
    await expect.poll(() => api.left().length).toBe(1);
    request.socket.destroy();
    await expect.poll(() => api.left()).toEqual([]);
    expect(await listed(api)).toEqual([]);
    // And the same key may be used for the whole.
    expect((await api.upload("all of it", { key: "k" })).status).toBe(201);
  });

  test("a full disk is told as such, and recovers", async (context) => {
    const mount = mkdtempSync(join(tmpdir(), "steward-full-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount], { stdio: "pipe" });
    } catch (error) {
      rmSync(mount, { recursive: true });
      const reason = `no tmpfs can be mounted here: ${String((error as Error).message)
        .split("\n", 2)
        .join(" ")}`;
      console.warn(`SKIPPED "a full disk is told as such": ${reason}`);
      return context.skip(reason);
    }
    try {
      const api = await start({ workspaces: mount });
      expect(await api.upload(Buffer.alloc(2 * 1_048_576, "a"))).toMatchObject({
        status: 507,
        body: { code: "storage_full" },
      });
      expect(api.left()).toEqual([]);
      expect((await api.upload(Buffer.alloc(500_000, "a"))).status).toBe(201);
    } finally {
      execFileSync("umount", [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});

describe("programs", () => {
  const zip = (first: string) =>
    Buffer.concat([Buffer.from("504b0304", "hex"), Buffer.alloc(26), Buffer.from(first), Buffer.alloc(60)]);
  test.each([
    ["ELF", "a", Buffer.from("7f454c46020101", "hex")],
    ["PE", "a", Buffer.from("MZ\u0090\u0000", "latin1")],
    ["Mach-O, 64 bit", "a", Buffer.from("cffaedfe07000001", "hex")],
    ["Mach-O, fat", "a", Buffer.from("cafebabe00000002", "hex")],
    ["a Java class", "a", Buffer.from("cafebabe00000034", "hex")],
    ["a script", "a.txt", Buffer.from("#!/bin/sh\nrm -rf ~\n")],
    ["a shortcut", "a", Buffer.from("4c0000000114020000000000", "hex")],
    ["a Java archive", "a.zip", zip("META-INF/MANIFEST.MF")],
    ["an .exe by name", "a.EXE", Buffer.from("hello")],
    ["a .bat by name", "a.bat", Buffer.from("dir")],
    ["a .lnk by name, with blanks behind", "a.lnk  ", Buffer.from("x")],
    ["a .jar by name", "a.jar", zip("com/example/A.class")],
  ])("%s is refused with a sentence, and leaves nothing", async (_kind, name, content) => {
    const api = await start();
    const { status, body } = await api.upload(content, { name });
    expect({ status, code: body.code }).toEqual({ status: 422, code: "file_is_program" });
    expect(body.detail).toContain("Programs are not taken");
    expect(api.left()).toEqual([]);
  });

  test.each([
    ["an ordinary archive", "a.zip", zip("readme.txt")],
    ["a source file", "a.js", Buffer.from("console.log(1)")],
    ["a text about scripts", "a.md", Buffer.from("Write #!/bin/sh first")],
  ])("%s is none", async (_kind, name, content) => {
    const { upload } = await start();
    expect((await upload(content, { name })).status).toBe(201);
  });

  /** A link to the machine's users, as a tar file holds it (POSIX ustar: name at 0, type at 156, target at 157). */
  const tarLink = (): Buffer => {
    const header = Buffer.alloc(512);
    header.write("escape", 0);
    header.write("0000777\0", 100);
    header.write("2", 156);
    header.write("/etc/passwd", 157);
    header.write("ustar\0" + "00", 257);
    header.write("        ", 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return Buffer.concat([header, Buffer.alloc(1_024)]);
  };
  /** The end of a zip that claims a million entries (zip64 counts aside, 65,535 is the most it can say). */
  const crowded = Buffer.concat([
    zip("a"),
    Buffer.from("504b050600000000ffffffff00000000000000000000", "hex"),
  ]);

  test.each([
    ["zip-slip", "slip.zip", zip("../../../../.ssh/authorized_keys")],
    ["a bomb: 50 MB of nothing", "bomb.gz", gzipSync(Buffer.alloc(50_000_000))],
    ["a tar with a link out of it", "link.tar", tarLink()],
    ["one in another", "nested.zip", Buffer.concat([zip("inner.zip"), zip("inner.zip")])],
    ["a crowd of entries", "crowd.zip", crowded],
  ])("row 49: an archive (%s) is kept as it is and never opened", async (_kind, name, content) => {
    const api = await start();
    const { status, body } = await api.upload(content, { name });
    expect({ status, bytes: body.bytes }).toEqual({ status: 201, bytes: content.length });
    expect(body.sha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect(api.left()).toEqual([expect.stringMatching(new RegExp(`_${name}$`))]);
    expect(readdirSync(join(api.workspaces, "cli"))).toEqual(["main"]);
  });
});

describe("what the agent may have planted", () => {
  let outside: string;
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), "steward-outside-"));
    writeFileSync(join(outside, "secret"), "secret!");
  });
  afterEach(() => rmSync(outside, { recursive: true, force: true }));

  test.each(["link", "dangling link", "file"])(
    "a %s in the place of files/ refuses uploads",
    async (kind) => {
      const api = await start();
      mkdirSync(join(api.workspaces, "cli", "main"), { recursive: true });
      if (kind === "file") writeFileSync(api.folder, "");
      else symlinkSync(kind === "link" ? outside : join(outside, "nowhere"), api.folder);
      const { status, body } = await api.upload("x");
      expect({ status, code: body.code }).toEqual({ status: 409, code: "file_place_unsafe" });
      expect(readdirSync(outside)).toEqual(["secret"]);
    },
  );

  test("a link in the place of the workspace leads nowhere", async () => {
    const api = await start();
    mkdirSync(join(api.workspaces, "cli"));
    symlinkSync(outside, join(api.workspaces, "cli", "main"));
    expect((await api.upload("x")).status).toBeGreaterThanOrEqual(400);
    expect(readdirSync(outside)).toEqual(["secret"]);
  });

  test.each(["link", "hard link", "other content", "FIFO", "nothing"])(
    "a %s in the place of a file is not handed out for it",
    async (kind) => {
      const api = await start();
      const { body } = await api.upload("mine!!!", { name: "mine.txt" });
      const path = join(api.folder, basename(body.path));
      unlinkSync(path);
      if (kind === "link") symlinkSync(join(outside, "secret"), path);
      if (kind === "hard link") linkSync(join(outside, "secret"), path);
      if (kind === "other content") writeFileSync(path, "hers!!!");
      if (kind === "FIFO") execFileSync("mkfifo", [path]);
      const response = await api.get(`/api/v1/files/${body.id}`);
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: "file_changed" });
    },
  );

  test("deleting takes the link away, not what it leads to", async () => {
    const api = await start();
    const { body } = await api.upload("mine");
    const path = join(api.folder, basename(body.path));
    unlinkSync(path);
    symlinkSync(join(outside, "secret"), path);
    expect((await api.get(`/api/v1/files/${body.id}`, { method: "DELETE" })).status).toBe(200);
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret!");
  });
});

test("a file whose folder was replaced by a link is not deleted through it, and that is said", async () => {
  const api = await start();
  const { body } = await api.upload("mine");
  const elsewhere = `${api.folder}.elsewhere`;
  renameSync(api.folder, elsewhere);
  symlinkSync(elsewhere, api.folder);
  const response = await api.get(`/api/v1/files/${body.id}`, { method: "DELETE" });
  expect([response.status, await response.json()]).toMatchObject([409, { code: "file_place_unsafe" }]);
  expect(readdirSync(elsewhere)).toHaveLength(1);
});

describe("the same upload again", () => {
  test("is the same file; other content under its key is a mistake", async () => {
    const api = await start();
    const first = await api.upload("once", { key: "k" });
    expect((await api.upload("once", { key: "k" })).body).toEqual(first.body);
    expect(await api.upload("twice", { key: "k" })).toMatchObject({
      status: 409,
      body: { code: "idempotency_mismatch" },
    });
    expect(api.left()).toHaveLength(1);
    // The key is the chat's own.
    expect((await api.upload("other", { key: "k", chatId: "other" })).status).toBe(201);
  });

  test("at the same time is taken once", async () => {
    const api = await start();
    const content = Buffer.alloc(2_000_000, "a");
    const answers = await Promise.all([1, 2, 3].map(() => api.upload(content, { key: "k" })));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id)).size).toBe(1);
    expect(api.left()).toHaveLength(1);
  });

  test("a deleted one does not come back by its key", async () => {
    const api = await start();
    const { body } = await api.upload("once", { key: "k" });
    await api.get(`/api/v1/files/${body.id}`, { method: "DELETE" });
    expect((await api.upload("once", { key: "k" })).status).toBe(409);
    expect(api.left()).toEqual([]);
  });
});

describe("a turn with files", () => {
  const turn = (api: ApiFixture, fileIds: string[], key = "turn") =>
    api.client.call(submitTurn, {
      headers: { "idempotency-key": key },
      body: { botId: "cli", chatId: "main", text: "look", fileIds, source: "cli" },
    });

  test("tells the CLI which came and shows it the pictures; the history has their names", async () => {
    const api = await start();
    const note = (await api.upload("some text", { name: "note.txt" })).body;
    const picture = (await api.upload(PNG, { name: "pixel.png" })).body;
    const { turnId } = await turn(api, [note.id, picture.id]);
    const ended = await api.core.turns.waitForEnd(turnId);
    const [sent] = api.driver.sessions[0]?.turns ?? [];
    expect(sent?.text).toBe(
      `look\n\n[Files sent with this message:\n- ${note.path} (text/plain, 9 bytes)\n- ${picture.path} (image/png, ${PNG.length} bytes)]`,
    );
    expect(sent?.images).toEqual([{ mediaType: "image/png", base64: PNG.toString("base64") }]);
    expect(ended.files.map(({ name, direction }) => [direction, name])).toEqual([
      ["in", "note.txt"],
      ["in", "pixel.png"],
    ]);
    const history = api.core.history.messages("gw-cli-main", 0) ?? [];
    expect(history[0]?.content).toBe("look\n\n📎 note.txt\n📎 pixel.png");
    expect((await listed(api)).map(({ turnId: id }) => id)).toEqual([turnId, turnId]);
  });

  test("needs no words; without files it does", async () => {
    const api = await start();
    const note = (await api.upload("some text", { name: "note.txt" })).body;
    const submit = (body: object, key: string) =>
      api.client.call(submitTurn, {
        headers: { "idempotency-key": key },
        body: { botId: "cli", chatId: "main", ...body },
      });
    for (const text of [undefined, "", " \n"]) {
      const { turnId } = await submit({ text, fileIds: [note.id] }, `key-${text?.length}`);
      expect((await api.core.turns.waitForEnd(turnId)).state).toBe("done");
      expect(api.driver.sessions[0]?.turns.at(-1)?.text).toBe(
        `See the attached files.\n\n[Files sent with this message:\n- ${note.path} (text/plain, 9 bytes)]`,
      );
      await expect(submit({ text, fileIds: [] }, "none")).rejects.toMatchObject({ status: 422 });
    }
    const address = { botId: "cli", chatId: "main", threadId: "" };
    expect(api.core.conversations.list(address, 5)).toMatchObject([{ title: null }]);
    expect(api.core.history.messages("gw-cli-main", 0)?.[0]?.content).toBe("📎 note.txt");
    const named = await submit({ text: "What is in it?", fileIds: [note.id] }, "named");
    await api.core.turns.waitForEnd(named.turnId);
    expect(api.core.conversations.list(address, 5)).toMatchObject([{ title: "What is in it?" }]);
  });

  test.each(["retry", "continue"] as const)("keeps them when a person says %s", async (mode) => {
    const api = await start();
    const picture = (await api.upload(PNG, { name: "pixel.png" })).body;
    const { turnId } = await turn(api, [picture.id]);
    await api.core.turns.waitForEnd(turnId);
    for (const key of ["a", "b"]) {
      const again = api.core.turns.retry(turnId, mode, key);
      const ended = await api.core.turns.waitForEnd(again.turnId);
      expect(ended.files.map(({ id }) => id)).toEqual([picture.id]);
    }
    const sent = api.driver.sessions[0]?.turns ?? [];
    expect(sent.map(({ images }) => images?.length)).toEqual([1, 1, 1]);
    expect(sent.every(({ text }) => text.includes(picture.path))).toBe(true);
  });

  test("another chat's file, or one that is not there, is refused before anything is accepted", async () => {
    const api = await start();
    const other = (await api.upload("x", { chatId: "other" })).body;
    await expect(turn(api, [other.id])).rejects.toMatchObject({ status: 404 });
    await expect(turn(api, ["0190a5b0-7c3e-7000-8000-000000000001"])).rejects.toMatchObject({ status: 404 });
    expect(api.driver.launches).toEqual([]);
  });

  test("more than twenty, and the same key with other files, are refused", async () => {
    const api = await start();
    const one = (await api.upload("1")).body.id;
    const two = (await api.upload("2")).body.id;
    await expect(
      turn(
        api,
        Array.from({ length: 21 }, () => one),
      ),
    ).rejects.toMatchObject({ status: 422 });
    await turn(api, [one]);
    await expect(turn(api, [two])).rejects.toMatchObject({ status: 409 });
  });

  test("a picture that was swapped for a link since is named, not shown", async () => {
    const api = await start();
    const picture = (await api.upload(PNG, { name: "pixel.png" })).body;
    const path = join(api.folder, basename(picture.path));
    unlinkSync(path);
    symlinkSync("/etc/passwd", path);
    const { turnId } = await turn(api, [picture.id]);
    await api.core.turns.waitForEnd(turnId);
    const [sent] = api.driver.sessions[0]?.turns ?? [];
    expect(sent?.text).toContain(picture.path);
    expect(sent?.images).toBeUndefined();
  });
});
