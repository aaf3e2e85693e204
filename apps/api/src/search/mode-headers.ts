import { SEARCH_DEGRADED_HEADER, SEARCH_MODE_HEADER } from "@steward/contract/search";
import type { Degradation, SearchMode } from "@steward/core/search/search-service";

/** The mode of rows says nothing where there are none. */
export const modeHeaders = ({ mode, degraded }: { mode: SearchMode; degraded: Degradation[] }) => ({
  [SEARCH_MODE_HEADER]: mode,
  ...(degraded.length > 0 && { [SEARCH_DEGRADED_HEADER]: degraded.join(",") }),
});
