import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";

export const UsagePage = () => {
  const say = useSay();
  return <Page title={say("nav.usage")}>{null}</Page>;
};
