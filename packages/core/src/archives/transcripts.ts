import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ArchiveRoot } from "./archive-entry.ts";

/**
 * Where the CLI's transcripts of these sessions lie: `<folder of the working directory>/<session>.jsonl`, and with newer
 * CLIs a folder of the session's name beside it. How the folder's name is made of the directory is the CLI's affair and
 * differs between versions, so it is looked for by the session's UUID, which is ours and unique.
 *
 * @param directories `projects/` of each CLI home, absolute; the n-th is called `transcripts-n` in an archive
 */
export const findTranscripts = (
  directories: readonly string[],
  sessionIds: readonly string[],
): ArchiveRoot[] =>
  directories.flatMap((directory, index) =>
    namesIn(directory).flatMap((folder) =>
      sessionIds
        .flatMap((id) => [`${id}.jsonl`, id])
        .map((name) => ({
          name: `${rootName(index)}/${folder}/${name}`,
          path: join(directory, folder, name),
        }))
        .filter(({ path }) => exists(path)),
    ),
  );

/** Where what `findTranscripts` found belongs when it is brought back. */
export const transcriptRoots = (directories: readonly string[]): ArchiveRoot[] =>
  directories.map((path, index) => ({ name: rootName(index), path }));

/** Transcripts whose removal was interrupted: their names have `mark` in them. */
export const findAside = (directories: readonly string[], mark: string): string[] =>
  directories.flatMap((directory) =>
    namesIn(directory).flatMap((folder) =>
      readdirSync(join(directory, folder))
        .filter((name) => name.includes(mark))
        .map((name) => join(directory, folder, name)),
    ),
  );

const rootName = (index: number): string => `transcripts-${index}`;

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const namesIn = (directory: string): string[] => {
  if (!exists(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
};
