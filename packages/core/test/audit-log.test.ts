import { expect, test } from "vitest";
import { startCore } from "./test-core.ts";

test("the audit is listed with the latest first, page by page, also while it grows", async () => {
  const { core } = await startCore();
  for (const target of ["a", "b", "c", "d", "e"]) core.settings.audit("owner", "test", target, "why");
  const first = core.auditLog.list({ limit: 2 });
  expect(first.entries.map(({ target }) => target)).toEqual(["e", "d"]);
  expect(first.entries[0]).toMatchObject({ actor: "owner", action: "test", detail: "why" });
  core.settings.audit("owner", "test", "f");
  const second = core.auditLog.list({ limit: 2, before: first.next ?? 0 });
  expect(second.entries.map(({ target }) => target)).toEqual(["c", "b"]);
  const last = core.auditLog.list({ limit: 200, before: second.next ?? 0 });
  expect(last.entries.at(-1)?.target).toBe("a");
  expect(last.next).toBeNull();
});
