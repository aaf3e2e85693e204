import { Link } from "@tanstack/react-router";
import { useRecalls, useTurnLog } from "../../api/turns.ts";
import { useSay } from "../../texts/texts.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Thinking } from "./thinking.tsx";
import { ToolTimeline } from "./tool-timeline.tsx";

const BOX = "mt-1 rounded-lg border border-line bg-surface";

/** What an ended turn has done and thought, as long as its log is kept. */
export const TurnSteps = ({ turnId }: { turnId: string }) => {
  const say = useSay();
  const log = useTurnLog(turnId, true);
  return (
    <div className={BOX}>
      <Loaded query={log} lines={2}>
        {(turn) => {
          if (turn === null) return <p className="p-3 text-sm text-soft">{say("chat.log_gone")}</p>;
          if (turn.tools.length === 0 && turn.thinking === "") {
            return <p className="p-3 text-sm text-soft">{say("chat.no_steps")}</p>;
          }
          return (
            <div className="grid gap-2 p-3">
              {turn.thinking !== "" && <Thinking text={turn.thinking} />}
              <ToolTimeline tools={turn.tools} />
            </div>
          );
        }}
      </Loaded>
    </div>
  );
};

/** Which memories stood before the prompt, as they were then, and where they come from. */
export const TurnWhy = ({ turnId }: { turnId: string }) => {
  const say = useSay();
  const recalls = useRecalls(turnId, true);
  return (
    <div className={BOX}>
      <Loaded query={recalls} lines={2}>
        {(notes) =>
          notes.length === 0 ? (
            <p className="p-3 text-sm text-soft">{say("chat.nothing_recalled")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {notes.map((note, index) => (
                <li key={`${note.memoryId}-${index}`} className="grid gap-1 px-3 py-2 text-sm">
                  <div className="flex flex-wrap items-center gap-2">
                    {note.memoryId === null ? (
                      <span className="font-medium">{note.key}</span>
                    ) : (
                      <Link
                        to="/memories"
                        search={{ id: note.memoryId }}
                        className="font-medium text-accent-ink hover:underline"
                      >
                        {note.key}
                      </Link>
                    )}
                    <Badge>{say(`recall.${note.mode}`)}</Badge>
                    {note.now !== null && note.now !== "same" && (
                      <Badge tone="warn">{say(`recall.${note.now}`)}</Badge>
                    )}
                  </div>
                  <p className="text-soft wrap-anywhere">{note.content}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
};
