import { DomainError } from "@steward/contract/errors";

/** A place among rows that are ordered by a time and then by a name or number. */
export interface HistoryPlace {
  at: number;
  id: string;
}

/** As text for a client, to be handed back as it is. */
export const toCursor = ({ at, id }: HistoryPlace): string =>
  `${at}.${Buffer.from(id, "utf8").toString("base64url")}`;

/** @throws DomainError `validation_failed` for what no answer of ours has said */
export const readCursor = (cursor: string): HistoryPlace => {
  const [, at, id] = /^(\d{1,15})\.([\w-]+)$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined)
    throw new DomainError("validation_failed", "The cursor is not one that an earlier answer gave");
  return { at: Number(at), id: Buffer.from(id, "base64url").toString("utf8") };
};
