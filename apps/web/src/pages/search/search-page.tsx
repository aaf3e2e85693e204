import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";

export const SearchPage = () => {
  const say = useSay();
  return <Page title={say("nav.search")}>{null}</Page>;
};
