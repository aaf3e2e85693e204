import { type Approval, decideApproval, getApproval, listApprovals } from "@steward/contract/approvals";
import { submitTurn } from "@steward/contract/turns";
import { expect, test } from "vitest";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

/** A turn that asks before each of these commands; answered with what was decided. */
async function asking(...commands: string[]): Promise<ApiFixture & { turnId: string }> {
  const api = await createApiFixture({
    script: async (turn) => {
      const decided = await Promise.all(commands.map((command) => turn.askPermission("Bash", { command })));
      turn.answer(decided.map(({ behavior }) => behavior).join(" "));
    },
  });
  const { turnId } = await api.client.call(submitTurn, {
    headers: { "idempotency-key": "k1" },
    body: { botId: "web", chatId: "1", text: "go" },
  });
  return { ...api, turnId };
}

async function pending({ client }: ApiFixture, count: number): Promise<Approval[]> {
  const query = { state: "pending" as const };
  await expect.poll(() => client.call(listApprovals, { query })).toHaveLength(count);
  return await client.call(listApprovals, { query });
}

test("pending approvals are listed by bot and chat, read whole, and answered once", async () => {
  const api = await asking("mkdir a", "mkdir b");
  const [a, b] = await pending(api, 2);
  if (!a || !b) throw new Error("two are pending");
  expect([a.text, b.text]).toEqual(["mkdir a", "mkdir b"]);
  expect(await api.client.call(listApprovals, { query: { botId: "web", chatId: "1" } })).toHaveLength(2);
  expect(await api.client.call(listApprovals, { query: { chatId: "2" } })).toEqual([]);
  const params = { approvalId: a.id };
  expect(await api.client.call(getApproval, { params })).toMatchObject({
    id: a.id,
    input: { command: "mkdir a" },
  });

  const body = { decision: "once" as const, inputHash: a.inputHash };
  expect(await api.client.call(decideApproval, { params, body })).toMatchObject({ state: "allowed" });
  await expect(api.client.call(decideApproval, { params, body })).rejects.toMatchObject({
    status: 409,
    code: "approval_decided",
  });
  await api.client.call(decideApproval, {
    params: { approvalId: b.id },
    body: { decision: "deny", inputHash: b.inputHash, message: "no" },
  });
  expect((await api.core.turns.waitForEnd(api.turnId)).text).toBe("allow deny");
});

test("an answer that cannot count is refused by its reason", async () => {
  const api = await asking("mkdir a");
  const [approval] = await pending(api, 1);
  if (!approval) throw new Error("one is pending");
  const params = { approvalId: approval.id };
  const refused = (body: object) =>
    api.client.call(decideApproval, {
      params,
      body: { decision: "once", inputHash: approval.inputHash, ...body },
    });
  await expect(refused({ inputHash: "another" })).rejects.toMatchObject({ status: 409, code: "conflict" });
  await expect(refused({ userId: "42" })).rejects.toMatchObject({ status: 403, code: "forbidden" });
  await expect(refused({ decision: "session" })).rejects.toMatchObject({ status: 422 });
  await expect(refused({ decision: "always" })).rejects.toMatchObject({ status: 422 });
  const nobody = { params: { approvalId: "0190a5b0-7c3e-7000-8000-000000000001" } };
  await expect(api.client.call(getApproval, nobody)).rejects.toMatchObject({ status: 404 });

  await api.core.chats.stop({ botId: "web", chatId: "1", threadId: "" });
  await expect.poll(() => api.core.approvals.get(approval.id).state).toBe("withdrawn");
  await expect(refused({})).rejects.toMatchObject({ status: 410, code: "approval_withdrawn" });
});
