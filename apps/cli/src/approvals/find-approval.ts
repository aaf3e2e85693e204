import type { Client } from "@steward/client/client";
import { type Approval, listApprovals } from "@steward/contract/approvals";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { shortId } from "./describe-approval.ts";

/**
 * The approval that a person means by the beginning or the end of its id; pending ones come first.
 *
 * @throws CommandFailure when none or several fit
 */
export async function findApproval(typed: string, client: Client, { say }: Terminal): Promise<Approval> {
  const wanted = typed.toLowerCase();
  const fits = ({ id }: Approval): boolean => wanted !== "" && (id.startsWith(wanted) || id.endsWith(wanted));
  const all = await client.call(listApprovals, { query: {} });
  const pending = await client.call(listApprovals, { query: { state: "pending" } });
  for (const list of [pending, all]) {
    const [found, another] = list.filter(fits);
    if (found === undefined) continue;
    if (another === undefined) return found;
    const ids = list.filter(fits).map(({ id }) => shortId(id));
    throw new CommandFailure(
      EXIT.nothingDone,
      say("cli.approvals.ambiguous", { id: harmlessLine(typed), ids: ids.join(", ") }),
    );
  }
  throw new CommandFailure(EXIT.nothingDone, say("cli.approvals.not_found", { id: harmlessLine(typed) }));
}
