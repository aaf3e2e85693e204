import type { FileSummary } from "@steward/contract/files";
import { FileText } from "lucide-react";
import type { ReactNode } from "react";
import { useLanguage } from "../../texts/texts.tsx";
import { formatBytes } from "../../ui/amounts.ts";
import { classes } from "../../ui/classes.ts";

/** Whose words they are is seen by their side and ground. */
export const MessageFrame = ({
  own,
  found = false,
  children,
}: {
  own: boolean;
  /** It is the one that was looked for. */
  found?: boolean;
  children: ReactNode;
}) => (
  <div className={classes("flex px-4 py-2 sm:px-6", own && "justify-end")}>
    <div
      className={classes(
        "min-w-0 text-[15px]",
        own ? "max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-3.5 py-2" : "w-full max-w-3xl",
        found && "rounded-lg ring-2 ring-accent ring-offset-4 ring-offset-canvas",
      )}
    >
      {children}
    </div>
  </div>
);

/** What came with a message, or was sent with an answer. Pictures are shown, everything is downloaded with a press. */
export const Files = ({ files }: { files: readonly FileSummary[] }) => {
  const { language } = useLanguage();
  if (files.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {files.map((file) => (
        <li key={file.id} className="min-w-0">
          <a
            href={`/api/v1/files/${file.id}`}
            download={file.name}
            className="block max-w-72 overflow-hidden rounded-lg border border-line bg-surface text-sm hover:bg-hover"
          >
            {SHOWN.has(file.mediaType) && (
              <img
                src={`/api/v1/files/${file.id}`}
                alt={file.name}
                loading="lazy"
                className="max-h-60 w-full object-contain"
              />
            )}
            <span className="flex items-center gap-2 px-3 py-2">
              <FileText className="size-4 shrink-0 text-faint" aria-hidden />
              <span className="min-w-0 truncate">{file.name}</span>
              <span className="shrink-0 text-xs text-soft">{formatBytes(file.bytes, language)}</span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
};

/** Pixels and nothing else: an SVG is a document. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
