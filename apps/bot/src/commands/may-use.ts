import type { AccessRole, CommandRow } from "./command-row.ts";

const RANK: Record<AccessRole, number> = { user: 0, admin: 1, owner: 2 };

/** @param has null: let in without a role of their own, which counts as `user` */
export const hasRole = (has: AccessRole | null, needed: AccessRole): boolean =>
  RANK[has ?? "user"] >= RANK[needed];

export const worksIn = ({ scope }: Pick<CommandRow, "scope">, isGroup: boolean): boolean =>
  scope === "both" || (scope === "group") === isGroup;
