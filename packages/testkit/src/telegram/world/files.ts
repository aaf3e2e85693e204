import { createHash } from "node:crypto";
import type { Bot } from "./bot.ts";

/** Bots may fetch this much; people send more. */
export const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

/** The same from a local server. */
export const MAX_LOCAL_BYTES = 2000 * 1024 * 1024;

export interface StoredFile {
  /** 1, 2, 3 … in order of arrival. */
  readonly number: number;
  readonly name: string | undefined;
  readonly mimeType: string | undefined;
  readonly sizeBytes: number;
  /** Path below `/file/bot<token>/`, e.g. `documents/file_3.pdf`. */
  readonly path: string;
  /** Absent when only a size was given (to stand for a file too large to hold). */
  readonly data: Buffer | undefined;
}

export interface FileInput {
  data?: Buffer | string;
  /** A size without contents. */
  sizeBytes?: number;
  name?: string;
  mimeType?: string;
}

/** All files of all chats. A file has a different id for each bot that sees it, as on Telegram. */
export class FileStore {
  readonly #files: StoredFile[] = [];

  /** @param folder the kind's folder on the file server: photos, documents, voice, … */
  add(folder: string, { data, sizeBytes, name, mimeType }: FileInput): StoredFile {
    const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
    const number = this.#files.length + 1;
    const extension = /\.\w{1,8}$/.exec(name ?? "")?.[0] ?? "";
    const file: StoredFile = {
      number,
      name,
      mimeType,
      sizeBytes: bytes?.length ?? sizeBytes ?? 0,
      path: `${folder}/file_${number}${extension}`,
      data: bytes,
    };
    this.#files.push(file);
    return file;
  }

  idFor(bot: Bot, file: StoredFile): string {
    const digest = createHash("sha256").update(`${bot.id}:${file.number}`).digest("base64url").slice(0, 24);
    return `BQAC${digest}_${file.number}`;
  }

  uniqueId(file: StoredFile): string {
    return `AgAD${String(file.number).padStart(8, "0")}`;
  }

  /** The file a bot means by an id, unless the id was made for another bot or by nobody. */
  byId(bot: Bot, fileId: string): StoredFile | undefined {
    const file = this.#files[Number(/_(\d+)$/.exec(fileId)?.[1] ?? 0) - 1];
    return file !== undefined && this.idFor(bot, file) === fileId ? file : undefined;
  }

  byPath(path: string): StoredFile | undefined {
    return this.#files.find((file) => file.path === path);
  }
}
