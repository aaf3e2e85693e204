import { describe, expect, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run, runInChinese } = service;

const bot = (id: string, username: string) => ({
  ...{ id, kind: "telegram", username, state: "polling", stateDetail: "", stateAt: 1, ackedThrough: null },
});
const person = (userId: string, role: string) => ({
  ...{ botId: "123", userId, role, username: "ada", name: "Ada", createdAt: 1 },
});
const oneBot = () => service.double.on("listBots", () => ({ body: [bot("123", "ada_bot")] }));

describe("pair invite", () => {
  const ID = "019b7ca9-8c88-74e7-a2a9-d70d436233da";
  const invited = (more: object = {}) => ({
    ...{ id: ID, botId: "123", role: "user", createdBy: "owner", createdAt: 1, expiresAt: 2 },
    ...{ code: "abc_DEF-123", link: "https://t.me/ada_bot?start=abc_DEF-123", warning: null, ...more },
  });

  test("prints the link alone, and beside it what it does and what it means", async () => {
    oneBot();
    service.double.on("createInvitation", () => ({ body: invited({ warning: "2 people will share." }) }));
    const { code, stdout, stderr } = await run("pair", "invite", "--role", "admin", "--expires", "12h");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "https://t.me/ada_bot?start=abc_DEF-123\n" });
    expect(stderr).toContain("as admin, within 12 h");
    expect(stderr).toContain("! 2 people will share.");
    expect(service.double.callsOf("createInvitation")[0]?.body).toMatchObject({
      ...{ botId: "123", role: "admin", expiresInMs: 43_200_000 },
    });
  });

  test("asks which bot where there are several, takes it by name, and says what it does not understand", async () => {
    service.double.on("listBots", () => ({ body: [bot("1", "one_bot"), bot("2", "two_bot")] }));
    service.double.on("createInvitation", () => ({ body: invited({ link: null }) }));
    const unsure = await run("pair", "invite");
    expect([unsure.code, unsure.stderr]).toEqual([
      2,
      expect.stringContaining("--bot @one_bot | @two_bot") as string,
    ]);
    expect((await run("pair", "invite", "--bot", "@Two_Bot")).stdout).toBe("/start abc_DEF-123\n");
    expect(service.double.callsOf("createInvitation").map(({ body }) => body)).toMatchObject([
      { botId: "2", role: "user", expiresInMs: 86_400_000 },
    ]);
    expect((await run("pair", "invite", "--expires", "90d")).stderr).toContain("30m, 12h or 7d");
    expect((await runInChinese("pair", "invite", "--role", "king")).stderr).toContain("user, admin, owner");
  });

  test("lists what can still be used, and takes it back", async () => {
    service.double.on("listInvitations", () => ({
      body: [{ ...invited(), expiresAt: Date.now() + 3_600_000, code: undefined, link: undefined }],
    }));
    expect((await run("pair", "invitations")).stdout).toContain(ID);
    service.double.on("withdrawInvitation", () => ({ body: { withdrawn: true } }));
    expect((await run("pair", "withdraw", ID)).code).toBe(0);
    expect((await run("pair", "withdraw", "nonsense")).code).toBe(1);
    expect(service.double.callsOf("withdrawInvitation")).toHaveLength(1);
  });
});

describe("pair role and pair refuse", () => {
  test("change what a person may do, by name or number", async () => {
    oneBot();
    service.double.on("listAccess", () => ({ body: [person("42", "user")] }));
    service.double.on("setRole", () => ({ body: person("42", "admin") }));
    const { code, stdout } = await run("pair", "role", "@ada", "admin");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ @ada is now admin of bot 123.\n" });
    expect(service.double.callsOf("setRole")[0]).toMatchObject({
      params: { botId: "123", userId: "42" },
      body: { role: "admin" },
    });
    expect((await run("pair", "role", "@nobody", "admin")).code).toBe(1);
    expect((await run("pair", "role", "42", "king")).code).toBe(2);
  });

  test("the last owner stays, and it is said why", async () => {
    oneBot();
    service.double.on("setRole", () => ({ status: 409, body: { detail: "last", code: "last_owner" } }));
    const { code, stderr } = await run("pair", "role", "42", "user");
    expect(code).toBe(1);
    service.double.on("revokeAccess", () => ({ status: 409, body: { detail: "last", code: "last_owner" } }));
    expect((await run("pair", "revoke", "123", "42")).stderr).toContain("Make somebody else its owner");
    expect(stderr).toContain("A bot keeps at least one owner");
  });

  test("refuse takes the code as people type it", async () => {
    const request = { ...person("42", "user"), code: "ACDEFGHJ", chatId: "42", expiresAt: 2 };
    service.double.on("refusePairing", () => ({ body: { refused: request } }));
    expect((await run("pair", "refuse", "acde-fghj")).stdout).toContain("Ada @ada (42) was refused");
    expect(service.double.callsOf("refusePairing")[0]?.body).toEqual({ code: "ACDEFGHJ" });
  });
});

describe("pair allow-chat", () => {
  const chat = (more: object = {}) => ({
    ...{ botId: "123", chatId: "-100", title: "Team", admits: "paired", listensTo: "always" },
    ...{ allowedBy: "owner", createdAt: 1, leftAt: null, ...more },
  });

  test("takes the id with its minus, and says what Telegram's privacy mode hides", async () => {
    oneBot();
    service.double.on("allowChat", () => ({ body: { chat: chat(), privacyMode: true } }));
    const { code, stdout, stderr } = await run("pair", "allow-chat", "--listen", "always", "--", "-100");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        "✓ Bot 123 may be used in group -100: it serves people who are paired with it, and answers all that is written.\n",
    });
    expect(stderr).toContain("/setprivacy");
    expect(service.double.callsOf("allowChat")[0]).toMatchObject({
      params: { botId: "123", chatId: "-100" },
      body: { listensTo: "always" },
    });
    expect((await run("pair", "allow-chat", "-100", "--listen", "always")).code).toBe(0);
  });

  test("and lists and ends it", async () => {
    oneBot();
    service.double.on("listAccessChats", () => ({ body: [chat({ leftAt: 5 })] }));
    expect((await run("pair", "chats")).stdout).toMatch(/-100 +Team +left/);
    service.double.on("disallowChat", () => ({ body: { disallowed: true } }));
    expect((await run("pair", "disallow-chat", "-100")).code).toBe(0);
    service.double.on("disallowChat", () => ({ body: { disallowed: false } }));
    expect((await run("pair", "disallow-chat", "-100")).code).toBe(1);
  });
});
