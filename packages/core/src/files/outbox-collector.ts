import { rename } from "node:fs/promises";
import type { Clock } from "@steward/platform/clock";
import type { HeldDirectory } from "@steward/platform/held-directory";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import { type ChatRecord, workspaceOf } from "../chats/chat-repository.ts";
import type { Workspaces } from "../sessions/engine.ts";
import { FILE_FOLDERS, holdFolder } from "./file-folders.ts";
import type { FileLimits } from "./file-limits.ts";
import type { FileRepository } from "./file-repository.ts";
import { classifyEntry, describeOutgoing, moveEntry, namesIn, type OutboxEntry } from "./outbox-folder.ts";
import type { Outgoing } from "./outgoing.ts";
import { storedAt } from "./stored-name.ts";

export interface OutboxCollector {
  /**
   * Takes what the agent has put into its `outbox/`: plain files move to `outbox/sent/`, under a name that is ours, and
   * are answered; what cannot be sent moves to `outbox/not-sent/`, with a notice. Null, at once, when nothing is there.
   * Never throws or rejects: an answer does not wait for its files.
   *
   * Whoever asked commits what is answered; until then the files count as not sent, whatever happens: `leftovers`
   * finds them again.
   */
  collect(chat: ChatRecord): Promise<Outgoing> | null;
  /** What was taken by an earlier start and never committed. Null when there is nothing; never throws or rejects. */
  leftovers(chat: ChatRecord): Promise<Outgoing> | null;
}

const OUTBOX = "outbox";
const SENT = "sent";
const NOT_SENT = "not-sent";
/** Older ones were not left by a crash: the database has been put back to an earlier state. */
const LEFTOVER_DAYS = 7;

export const createOutboxCollector = (deps: {
  workspaces: Workspaces;
  files: Pick<FileRepository, "sentNames">;
  limits: Pick<FileLimits, "maxOutgoingBytes" | "maxOutgoingFiles">;
  clock: Pick<Clock, "now">;
  ids: Ids;
  log: Logger;
}): OutboxCollector => {
  const { limits, clock, ids, log } = deps;
  const maxBytes = limits.maxOutgoingBytes;

  const hold = (chat: ChatRecord, segments: readonly string[]): HeldDirectory | null => {
    const workspace = deps.workspaces.locate(workspaceOf(chat));
    return workspace === null ? null : holdFolder(workspace, segments, { create: false });
  };
  const move = (from: HeldDirectory, name: string, to: HeldDirectory): Promise<string | null> =>
    moveEntry(from, name, to, { now: clock.now(), distinction: () => ids.uuid4().slice(0, 8) });
  const describe = (sent: HeldDirectory, stored: string, name: string) =>
    describeOutgoing(sent, stored, { id: ids.uuid7(), name, maxBytes });

  const putAside = async (outbox: HeldDirectory, entries: readonly OutboxEntry[], outgoing: Outgoing) => {
    const notSent = outbox.ensureInner(NOT_SENT);
    try {
      for (const entry of entries) {
        const stored = await move(outbox, entry.name, notSent);
        if (stored === null) continue;
        const path = [OUTBOX, NOT_SENT, stored].join("/");
        if (entry.is === "too_large") {
          const params = { path, sizeMb: toMb(entry.bytes), limitMb: toMb(maxBytes) };
          outgoing.notices.push({ key: "file.too_large", params });
        } else outgoing.notices.push({ key: "file.not_plain", params: { path } });
      }
    } finally {
      notSent.close();
    }
  };

  const takeReady = async (outbox: HeldDirectory, ready: readonly OutboxEntry[], outgoing: Outgoing) => {
    const sent = outbox.ensureInner(SENT);
    try {
      for (const { name } of ready.slice(0, limits.maxOutgoingFiles)) {
        const stored = await move(outbox, name, sent);
        if (stored === null) continue;
        const file = await describe(sent, stored, name);
        if (file !== null) outgoing.files.push(file);
        // Still being written: it goes back, and out with the next answer.
        else await rename(sent.entry(stored), outbox.entry(name));
      }
    } finally {
      sent.close();
    }
    const more = ready.length - limits.maxOutgoingFiles;
    if (more > 0) outgoing.notices.push({ key: "file.more", params: { count: more, path: `${OUTBOX}/` } });
  };

  const take = async (
    chat: ChatRecord,
    outbox: HeldDirectory,
    entries: readonly OutboxEntry[],
  ): Promise<Outgoing> => {
    const outgoing: Outgoing = { files: [], notices: [] };
    const ready = entries.filter(({ is }) => is === "ready");
    const refused = entries.filter(({ is }) => is !== "ready");
    try {
      if (ready.length > 0) await takeReady(outbox, ready, outgoing);
      if (refused.length > 0) await putAside(outbox, refused, outgoing);
    } catch (error) {
      log.error(
        { err: error, chatRef: chat.id },
        "the outbox could not be emptied; what is left stays there",
      );
    } finally {
      outbox.close();
    }
    return outgoing;
  };

  const readLeftovers = async (
    chat: ChatRecord,
    sent: HeldDirectory,
    names: readonly string[],
  ): Promise<Outgoing> => {
    const outgoing: Outgoing = { files: [], notices: [] };
    try {
      for (const stored of names) {
        const file = await describe(sent, stored, stored.slice(stored.indexOf("_") + 1));
        if (file !== null) outgoing.files.push(file);
      }
    } catch (error) {
      log.error({ err: error, chatRef: chat.id }, "files that were not sent yet could not be read");
    } finally {
      sent.close();
    }
    return outgoing;
  };

  /** Looks into a folder; `choose` says what is of interest there, and nothing means null. */
  const look = <Found>(
    chat: ChatRecord,
    segments: readonly string[],
    choose: (folder: HeldDirectory) => Found[],
    read: (folder: HeldDirectory, found: Found[]) => Promise<Outgoing>,
  ): Promise<Outgoing> | null => {
    let folder: HeldDirectory | null = null;
    try {
      folder = hold(chat, segments);
      const found = folder === null ? [] : choose(folder);
      if (folder !== null && found.length > 0) return read(folder, found);
    } catch (error) {
      log.warn({ err: error, chatRef: chat.id }, "the outbox cannot be used; nothing is sent from it");
    }
    folder?.close();
    return null;
  };

  return {
    collect: (chat) =>
      look(
        chat,
        [OUTBOX],
        (outbox) =>
          namesIn(outbox)
            .filter((name) => name !== SENT && name !== NOT_SENT)
            .map((name) => classifyEntry(outbox, name, maxBytes))
            .filter(({ is }) => is !== "nothing"),
        (outbox, entries) => take(chat, outbox, entries),
      ),
    leftovers: (chat) =>
      look(
        chat,
        FILE_FOLDERS.out,
        (sent) => {
          const known = deps.files.sentNames(chat.id);
          const since = clock.now() - LEFTOVER_DAYS * 86_400_000;
          return namesIn(sent).filter((name) => !known.has(name) && (storedAt(name) ?? 0) >= since);
        },
        (sent, names) => readLeftovers(chat, sent, names),
      ),
  };
};

const toMb = (bytes: number): number => Math.ceil(bytes / 1_048_576);
