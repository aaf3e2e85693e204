import { system } from "@steward/contract/health";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLI_ENTRY, type Rig, startRig } from "../src/rig.ts";
import { startService } from "../src/service-process.ts";

describe("with nothing configured", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ cli: null });
  });
  afterAll(() => rig.close());

  const steward = async (...args: string[]) => {
    const command = startService(CLI_ENTRY, rig.env, args);
    const code = await command.exited;
    return { code, output: command.output() };
  };

  test("`steward chat` is answered by the real CLI and the labelled demo model, which remembers", async () => {
    const first = await steward("chat", "my favourite colour is teal");
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining("[demo]") as string });
    const second = await steward("chat", "and now?");
    expect(second.output).toContain("my favourite colour is teal");
    expect(await rig.client().call(system)).toMatchObject({ mode: "demo", cli: { source: "bundled" } });
  });

  test("a tool of the demo really runs on this machine", async () => {
    const { output } = await steward("chat", "demo tool");
    expect(output).toContain("UTC");
    expect(output).toContain("Bash");
  });

  test("once a login was configured, demo mode does not come back: the missing login is told", async () => {
    await rig.api.end("SIGTERM");
    await rig.startApi({ ANTHROPIC_API_KEY: "sk-ant-was-here-once" });
    await rig.api.end("SIGTERM");
    await rig.startApi();
    expect(await rig.client().call(system)).toMatchObject({ mode: "live", cli: { login: null } });
    // The message is kept until the login is there; whoever waits at the terminal is told why.
    const chat = startService(CLI_ENTRY, rig.env, ["chat", "hello"]);
    await chat.printed("/login");
    expect(chat.output()).not.toContain("[demo]");
    await chat.end("SIGKILL");
  });
});
