import type { SearchAnswerBody } from "@steward/contract/search";
import { Link } from "@tanstack/react-router";
import { usePlaces } from "../../api/places.ts";
import { useSay } from "../../texts/texts.tsx";
import { MarkedText } from "../../ui/marked-text.tsx";
import { Ago } from "../../ui/times.tsx";
import { HitMode } from "./hit-mode.tsx";
import { HIT } from "./use-hit-keys.ts";

type Hit = SearchAnswerBody["messages"][number];

/** Something that was said, with who said it, where and when; it opens where it stands in its chat. */
export const MessageHit = ({ hit }: { hit: Hit }) => {
  const places = usePlaces();
  const { botId, sessionId } = hit;
  return (
    <li>
      <Link
        {...HIT}
        to="/chats/$botId/$sessionId"
        params={{ botId, sessionId }}
        search={{ at: hit.id }}
        className="grid gap-1 px-4 py-3 text-sm hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="flex min-w-0 items-baseline gap-x-2 text-xs text-soft">
          <bdi className="max-w-[40%] shrink-0 truncate font-medium text-ink">
            <Speaker hit={hit} />
          </bdi>
          <bdi className="min-w-0 truncate">{places.sessionName(botId, sessionId)}</bdi>
          <span className="shrink-0">
            <Ago at={hit.createdAt} />
          </span>
          <span className="ml-auto shrink-0">
            <HitMode hit={hit} />
          </span>
        </span>
        <span className="line-clamp-3">
          <MarkedText text={hit.snippet.text} marks={hit.snippet.marks} />
        </span>
      </Link>
    </li>
  );
};

const Speaker = ({ hit: { role, userName, source } }: { hit: Hit }) => {
  const say = useSay();
  if (role === "assistant") return say("search.claude");
  if (userName !== null) return userName;
  return say(source === "web" || source === "cli" ? "search.you" : "search.unknown_person");
};
