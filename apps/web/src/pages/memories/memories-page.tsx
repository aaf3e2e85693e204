import { getRouteApi } from "@tanstack/react-router";
import type { MemoryParams } from "../../app/router.tsx";
import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";
import { ChangesView } from "./changes-view.tsx";
import { MemoryDialog } from "./memory-dialog.tsx";
import { MemoryFilters } from "./memory-filters.tsx";
import { MemoryList } from "./memory-list.tsx";
import { MemoryTools } from "./memory-tools.tsx";
import { ProposedMemories } from "./proposed-memories.tsx";

const route = getRouteApi("/memories");

/** What is remembered, what waits to be, and how all of it came about. What is shown stands in the address. */
export const MemoriesPage = () => {
  const say = useSay();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const change = (next: Partial<MemoryParams>): void => {
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  };
  const isOfAll = params.view === undefined && !params.q;
  return (
    <Page
      title={say("nav.memories")}
      description={say("memory.about")}
      actions={<MemoryTools scope={params.scope} isOneOpen={params.id !== undefined} />}
    >
      <MemoryFilters params={params} change={change} />
      {params.view === "changes" && <ChangesView scope={params.scope} />}
      {(isOfAll || params.view === "proposed") && (
        <ProposedMemories params={params} isAlone={params.view === "proposed"} />
      )}
      {params.view === undefined && <MemoryList params={params} change={change} />}
      {params.id !== undefined && (
        <MemoryDialog key={params.id} id={params.id} close={() => change({ id: undefined })} />
      )}
    </Page>
  );
};
