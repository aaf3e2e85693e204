import "./styles.css";
import { config } from "zod";
import { startTheme } from "./theme/theme.ts";

startTheme();
// The content policy allows no code that is made of text; schemas ask for it when they are made, so before all of them.
config({ jitless: true });
const { startPage } = await import("./app/start-page.tsx");
await startPage();
