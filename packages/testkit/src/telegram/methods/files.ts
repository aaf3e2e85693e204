import type { File } from "@grammyjs/types";
import { defect } from "../api-error.ts";
import { MAX_DOWNLOAD_BYTES } from "../world/files.ts";
import type { CallContext } from "./call-context.ts";

/** The size limit is no surprise to a correct bot: every file it is told of comes with its size. */
export function getFile({ world, bot, params }: CallContext): File {
  const fileId = params.text("file_id");
  if (fileId === "") throw defect("file_id not specified");
  const file = world.files.byId(bot, fileId);
  if (file === undefined) throw defect("wrong file_id or the file is temporarily unavailable");
  if (file.sizeBytes > MAX_DOWNLOAD_BYTES) throw defect("file is too big");
  return {
    file_id: fileId,
    file_unique_id: world.files.uniqueId(file),
    file_size: file.sizeBytes,
    file_path: file.path,
  };
}
