import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";

export const MemoriesPage = () => {
  const say = useSay();
  return <Page title={say("nav.memories")}>{null}</Page>;
};
