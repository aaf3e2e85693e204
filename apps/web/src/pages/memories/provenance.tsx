import type { MemoryRecord } from "@steward/contract/memory-records";
import { Link } from "@tanstack/react-router";
import { useSourceMessage } from "../../api/memories.ts";
import { useSay } from "../../texts/texts.tsx";
import { Ago } from "../../ui/times.tsx";
import { mayBeFromOutside } from "./outside-mark.tsx";

/** Where a memory's content comes from: who, when, and the message that says it. */
export const Provenance = ({ memory }: { memory: MemoryRecord }) => {
  const say = useSay();
  return (
    <div className="grid gap-1 text-xs text-soft">
      <p className="flex flex-wrap gap-x-1.5 gap-y-0.5">
        <span>{say(`memory.origin_${memory.origin}`)}</span>
        {memory.sourceUserName !== null && (
          <bdi className="max-w-full truncate">
            {say(memory.origin === "agent" ? "memory.asked_by" : "memory.by", {
              name: memory.sourceUserName,
            })}
          </bdi>
        )}
        <span aria-hidden>·</span>
        <Ago at={memory.updatedAt} />
        {memory.sourceMessageId !== null && <Source memory={memory} />}
      </p>
      {mayBeFromOutside(memory) && <p>{say("memory.outside_help")}</p>}
    </div>
  );
};

const Source = ({ memory }: { memory: MemoryRecord }) => {
  const say = useSay();
  const { data } = useSourceMessage(memory);
  if (data === undefined) return null;
  return (
    <>
      <span aria-hidden>·</span>
      {data ? (
        <Link
          to="/chats/$botId/$sessionId"
          params={{ botId: data.botId, sessionId: data.sessionId }}
          search={{ at: data.messageId }}
          className="font-medium text-accent-ink hover:underline"
        >
          {say("memory.open_message")}
        </Link>
      ) : (
        <span>{say("memory.message_gone")}</span>
      )}
    </>
  );
};
