import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";

export const ApprovalsPage = () => {
  const say = useSay();
  return <Page title={say("nav.approvals")}>{null}</Page>;
};
