import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { File } from "@grammyjs/types";
import { defect } from "../api-error.ts";
import { MAX_DOWNLOAD_BYTES, MAX_LOCAL_BYTES, type StoredFile } from "../world/files.ts";
import type { CallContext } from "./call-context.ts";

/** The size limit is no surprise to a correct bot: every file it is told of comes with its size. */
export function getFile({ world, bot, params }: CallContext): File {
  const fileId = params.text("file_id");
  if (fileId === "") throw defect("file_id not specified");
  const file = world.files.byId(bot, fileId);
  if (file === undefined) throw defect("wrong file_id or the file is temporarily unavailable");
  const { localFiles } = world;
  if (file.sizeBytes > (localFiles === undefined ? MAX_DOWNLOAD_BYTES : MAX_LOCAL_BYTES)) {
    throw defect("file is too big");
  }
  return {
    file_id: fileId,
    file_unique_id: world.files.uniqueId(file),
    file_size: file.sizeBytes,
    file_path: localFiles === undefined ? file.path : putDown(join(localFiles, bot.token), file),
  };
}

/** As the real one does: below a folder that is called like the bot's token. */
function putDown(folder: string, file: StoredFile): string {
  const path = join(folder, file.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.data ?? Buffer.alloc(file.sizeBytes));
  return path;
}
