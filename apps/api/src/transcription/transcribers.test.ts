import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Recording } from "@steward/core/transcription/transcriber";
import { createProcessSpawner } from "@steward/platform/process";
import { describe, expect, onTestFinished, test } from "vitest";
import { readApiConfig } from "../env.ts";
import { createCommandTranscriber } from "./command-transcriber.ts";
import { createTranscription } from "./create-transcription.ts";
import { createEndpointTranscriber } from "./endpoint-transcriber.ts";
import { readArgv } from "./transcription-setting.ts";

const recording: Recording = {
  name: "20260101-120000_voice.ogg",
  mediaType: "audio/ogg",
  content: new Uint8Array(Buffer.from("OggS and so on")),
};
const never = new AbortController().signal;

describe("an endpoint that speaks OpenAI's way", () => {
  const KEY = "sk-test-of-a-key";
  const start = (
    answer: (form: FormData) => Response | Promise<Response>,
    more: { timeoutMs?: number } = {},
  ) => {
    const seen: { authorization: string | null; redirect: string }[] = [];
    const setting = {
      ...{ mode: "openai" as const, url: "http://listener.test/v1/audio/transcriptions", model: "whisper-1" },
      ...{ language: "zh", key: KEY, timeoutMs: more.timeoutMs ?? 5_000 },
    };
    const fakeFetch: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      seen.push({ authorization: request.headers.get("authorization"), redirect: request.redirect });
      const answered = Promise.resolve(answer(await request.formData()));
      return await Promise.race([
        answered,
        new Promise<never>((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
        }),
      ]);
    };
    return { seen, transcriber: createEndpointTranscriber(setting, { fetch: fakeFetch }) };
  };

  test("gets the recording by its name, and its text is what was said", async () => {
    const forms: FormData[] = [];
    const { seen, transcriber } = start((form) => {
      forms.push(form);
      return Response.json({ text: "明天提醒我", language: "zh" });
    });
    expect(await transcriber.transcribe(recording, never)).toBe("明天提醒我");
    const file = forms[0]?.get("file");
    if (!(file instanceof File)) throw new Error("no file came");
    expect([file.name, file.type, await file.text()]).toEqual([
      recording.name,
      "audio/ogg",
      "OggS and so on",
    ]);
    expect(["model", "response_format", "language"].map((name) => forms[0]?.get(name))).toEqual([
      ...["whisper-1", "json", "zh"],
    ]);
    expect(seen).toEqual([{ authorization: `Bearer ${KEY}`, redirect: "error" }]);
  });

  test.each([
    ["a refusal", () => Response.json({ error: `no such key: ${KEY}` }, { status: 401 })],
    ["something else than JSON", () => new Response("just words")],
    ["JSON without a text", () => Response.json({ words: [] })],
    ["more than anybody says", () => Response.json({ text: "x".repeat(2_000_000) })],
    ["nothing in time", () => new Promise<Response>(() => undefined)],
  ])("that answers with %s is an error, without the key", async (_, answer) => {
    const { transcriber } = start(answer, { timeoutMs: 300 });
    const error = await transcriber.transcribe(recording, never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain(KEY);
  });
});

/** One that has ended and whose parent has not asked for it runs no more. */
const runs = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

describe("a command of the owner's", () => {
  const start = (script: string, timeoutMs = 5_000) => {
    const directory = mkdtempSync(join(tmpdir(), "steward-transcribing-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    writeFileSync(join(directory, "listen"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const transcriber = createCommandTranscriber(
      { mode: "command", argv: [join(directory, "listen"), "--model", "a b"], timeoutMs },
      { directory, env: { PATH: process.env.PATH ?? "" }, spawner: createProcessSpawner() },
    );
    const left = () => readdirSync(directory).filter((name) => name !== "listen");
    return { transcriber, left, directory };
  };

  test("gets the recording's path as its last argument; what it prints is what was said", async () => {
    const { transcriber, left } = start('echo "$# $2: $(cat "$3")"; env | grep -c "^[A-Z]" >&2');
    expect(await transcriber.transcribe(recording, never)).toBe("3 a b: OggS and so on\n");
    expect(left()).toEqual([]);
  });

  test("that fails says how, and nothing is left of the recording", async () => {
    const { transcriber, left } = start("echo no model >&2; exit 3");
    await expect(transcriber.transcribe(recording, never)).rejects.toThrow(/ended with 3: no model/);
    expect(left()).toEqual([]);
  });

  test("that takes too long, or is not wanted any more, is ended with all it has started", async () => {
    const { transcriber, left, directory } = start(
      `sleep 600 & echo $! > "$(dirname "$0")/child"; wait`,
      300,
    );
    await expect(transcriber.transcribe(recording, never)).rejects.toThrow(/timeout/i);
    const child = Number(readFileSync(join(directory, "child"), "utf8"));
    expect(runs(child)).toBe(false);
    const stop = new AbortController();
    const listening = start("sleep 600").transcriber.transcribe(recording, stop.signal);
    stop.abort(new Error("stopping"));
    await expect(listening).rejects.toThrow("stopping");
    expect(left()).toEqual(["child"]);
  });

  test("that is not there is an error, and the doctor's", async () => {
    const directory = mkdtempSync(join(tmpdir(), "steward-transcribing-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const environment = { PATH: process.env.PATH };
    const of = (command: string) =>
      createTranscription(
        { mode: "command", argv: [command], timeoutMs: 1_000 },
        { directory: join(directory, "transcribing"), environment },
      );
    expect(of("sh").status()).toEqual({ mode: "command", detail: "sh", problem: null });
    const missing = of("no-such-whisper");
    expect(missing.status().problem).toBe("not_found");
    await expect(missing.transcriber?.transcribe(recording, never)).rejects.toThrow("not_found");
  });

  test.each([
    ["whisper-cli -m  model.bin", ["whisper-cli", "-m", "model.bin"]],
    ['["whisper", "-m", "a model"]', ["whisper", "-m", "a model"]],
    ["[1]", null],
    ["[", null],
    ["[]", null],
    ["", null],
  ])("%j is read as its words", (text, argv) => {
    expect(readArgv(text)).toEqual(argv);
  });
});

describe("the environment", () => {
  const read = (env: Record<string, string>) => readApiConfig({ STEWARD_HOME: "/nowhere", ...env });
  const settingOf = (env: Record<string, string>) => {
    const config = read(env);
    return config.ok ? config.value.transcription : config.problems.map(({ name }) => name);
  };

  test("is off by default", () => {
    expect(settingOf({})).toEqual({ mode: "off" });
  });

  test("shows OpenAI's own key to OpenAI alone", () => {
    const general = { STEWARD_TRANSCRIPTION: "openai", OPENAI_API_KEY: "sk-general" };
    expect(settingOf(general)).toMatchObject({
      key: "sk-general",
      url: expect.stringContaining("openai.com"),
    });
    const elsewhere = { ...general, STEWARD_TRANSCRIPTION_URL: "http://127.0.0.1:9000/inference" };
    expect(settingOf(elsewhere)).toMatchObject({ key: null });
    expect(settingOf({ ...elsewhere, STEWARD_TRANSCRIPTION_KEY: "own" })).toMatchObject({ key: "own" });
    const config = read({ ...elsewhere, STEWARD_TRANSCRIPTION_KEY: "own" });
    expect(config.ok && config.value.secrets).toEqual(["own", "sk-general"]);
  });

  test("says what is missing", () => {
    expect(settingOf({ STEWARD_TRANSCRIPTION: "openai" })).toEqual(["STEWARD_TRANSCRIPTION_KEY"]);
    expect(settingOf({ STEWARD_TRANSCRIPTION: "command" })).toEqual(["STEWARD_TRANSCRIPTION_COMMAND"]);
    expect(settingOf({ STEWARD_TRANSCRIPTION: "loud" })).toEqual(["STEWARD_TRANSCRIPTION"]);
  });
});
