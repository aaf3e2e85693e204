import { useSay } from "../../texts/texts.tsx";
import { Page } from "../../ui/page.tsx";

export const ChatsPage = () => {
  const say = useSay();
  return <Page title={say("nav.chats")}>{null}</Page>;
};
