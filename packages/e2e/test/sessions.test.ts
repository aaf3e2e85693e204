import { randomUUID } from "node:crypto";
import { getChatStatus } from "@steward/contract/chats";
import { setPolicy } from "@steward/contract/policies";
import { getTurn, submitTurn, type Turn } from "@steward/contract/turns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { type Rig, startRig } from "../src/rig.ts";

const WAIT_MS = 60_000;
const TERMINAL: readonly Turn["state"][] = ["done", "failed", "interrupted", "cancelled"];

describe.each(cliVersions())("the life of sessions on the $name", ({ path }) => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({
      cli: path,
      apiEnv: {
        STEWARD_SESSION_MAX_MB: "900",
      },
    });
  });
  afterAll(async () => {
    await rig.close();
  });

  const address = (chatId: string) => ({ botId: "cli", chatId, threadId: "" });
  const send = async (chatId: string, text: string): Promise<string> => {
    const headers = { "idempotency-key": randomUUID() };
    return (await rig.client().call(submitTurn, { headers, body: { ...address(chatId), text } })).turnId;
  };
  const turn = (turnId: string): Promise<Turn> => rig.client().call(getTurn, { params: { turnId } });
  const ended = async (turnId: string): Promise<Turn> => {
    await expect
      .poll(async () => TERMINAL.includes((await turn(turnId)).state), { timeout: WAIT_MS })
      .toBe(true);
    return turn(turnId);
  };
  const pidOf = async (chatId: string): Promise<number> => {
    const { pid } = (await rig.client().call(getChatStatus, { query: address(chatId) })).session;
    if (pid === null) throw new Error(`${chatId} has no process`);
    return pid;
  };
  const killInTool = async (chatId: string, text: string): Promise<Turn> => {
    const turnId = await send(
      chatId,
      `TOOL:Bash:{"command":"tail -F nothing-yet.log"}\nSAY:never said ${text}`,
    );
    await expect.poll(async () => (await turn(turnId)).startedTools, { timeout: WAIT_MS }).toBe(true);
    process.kill(await pidOf(chatId), "SIGKILL");
    return ended(turnId);
  };

  test("row 8: killed in a tool, a session is resumed; killed again, a new one knows the conversation from our history", async () => {
    await ended(await send("killed", "SAY:noted, the code word is hazel"));
    expect(await killInTool("killed", "one")).toMatchObject({
      state: "interrupted",
      errorCode: "cli_exited",
    });
    expect(await killInTool("killed", "two")).toMatchObject({
      state: "interrupted",
      errorCode: "cli_exited",
    });
    expect((await ended(await send("killed", "SAY:here again"))).text).toBe("here again");
    const request = rig.model.requests.findLast(({ prompt }) => prompt.includes("SAY:here again"))?.request;
    expect(request?.system).toContain("<earlier-conversation>");
    expect(request?.system).toContain("You: noted, the code word is hazel");
    // Its own transcript is fresh: it begins with this very message.
    expect(JSON.stringify(request?.messages)).not.toContain("hazel");
  }, 120_000);

  test("row 24: a session that eats memory is ended alone, and says so; the next message is answered", async () => {
    await rig.client().call(setPolicy, { body: { name: "permissionMode", value: "default" } });
    await rig.client().call(setPolicy, { body: { name: "allowRules", value: ["Bash(node *)"] } });
    const gate = await send("calm", "GATE:calm\nSAY:not disturbed");
    await rig.model.held("calm");
    const eat = "node -e 'const b=Buffer.alloc(700*1048576,1);setTimeout(()=>b,60000)'";
    const hungry = await ended(
      await send("hungry", `TOOL:Bash:${JSON.stringify({ command: eat })}\nSAY:never`),
    );
    expect(hungry).toMatchObject({ state: "failed", errorCode: "session_too_large" });
    expect(hungry.text).toContain("900 MB");
    rig.model.release("calm");
    expect(await ended(gate)).toMatchObject({ state: "done", text: "not disturbed" });
    expect((await ended(await send("hungry", "SAY:better"))).text).toBe("better");
  }, 120_000);
});
