import { listPolicies, type PolicyName, setPolicy } from "@steward/contract/policies";
import { listWebSessions } from "@steward/contract/web-sessions";
import { describe, expect, test } from "vitest";
import { bundledCli } from "../src/cli-versions.ts";
import { startRig } from "../src/rig.ts";
import { useWeb } from "../src/web/use-web.ts";
import { API_AWAY, PHONE, type WebPageOptions } from "../src/web/web-browser.ts";

const REFUSED = /Failed to load resource.*4(09|22)/;
const SIGNED_OUT = /401 \(Unauthorized\)/;

describe("settings in the web UI", () => {
  const web = useWeb(() => startRig({ cli: bundledCli().path }));

  const open = (section: string, options: WebPageOptions = {}) =>
    web.open({ path: `/settings/${section}`, ...options });
  const policy = async (wanted: PolicyName) =>
    (await web.rig.client().call(listPolicies)).find(({ name }) => name === wanted);

  test("a limit is set, refused at its field with the reason, and reset to what holds otherwise", async () => {
    const { page, accessibility } = await open("limits", { expected: REFUSED });
    const field = page.getByLabel("Cap per day", { exact: true });
    await field.fill("much");
    await page.keyboard.press("Enter");
    await page.getByText("This is no number.").waitFor();
    await field.fill("-3");
    await page.keyboard.press("Enter");
    await page.getByText("Not accepted: Too small").waitFor();
    expect(await field.inputValue()).toBe("-3");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await accessibility()).toEqual([]);
    await field.fill("2,5");
    await page.keyboard.press("Enter");
    await page.getByText("Saved: Cap per day").first().waitFor();
    expect(await policy("maxUsdPerDay")).toMatchObject({ value: 2.5, from: "global" });
    await page.getByRole("button", { name: "Reset: Cap per day" }).click();
    await expect.poll(() => field.inputValue()).toBe("");
    expect(await policy("maxUsdPerDay")).toMatchObject({ value: null, from: "initial" });
  });

  test("what is being typed stays when somebody else sets it meanwhile, and overwrites it only knowingly", async () => {
    const { page } = await open("behaviour", { expected: REFUSED });
    const field = page.getByLabel("Persona", { exact: true });
    await field.fill("A pirate.");
    await web.rig.client().call(setPolicy, { body: { name: "persona", value: "A librarian." } });
    await page.getByText("Somebody else has set this meanwhile, to: A librarian.").waitFor();
    expect(await field.inputValue()).toBe("A pirate.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody else has changed this setting meanwhile.").waitFor();
    expect(await policy("persona")).toMatchObject({ value: "A librarian." });
    await page.reload();
    expect(await field.inputValue()).toBe("A pirate.");
    await page.getByRole("button", { name: "Go on with mine" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved: Persona").first().waitFor();
    expect(await policy("persona")).toMatchObject({ value: "A pirate." });
  });

  test("a laxer permission mode says what it means, and the laxest asks before", async () => {
    const { page } = await open("permissions", { expected: REFUSED });
    const mode = page.getByLabel("Permission mode", { exact: true });
    await mode.selectOption("acceptEdits");
    await page.getByText("Laxer than the default:").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Laxer than the default:").waitFor({ state: "detached" });
    await mode.selectOption("bypassPermissions");
    await page.getByRole("dialog").getByText("Claude runs every command without asking.").waitFor();
    await page.keyboard.press("Escape");
    expect(await mode.inputValue()).toBe("default");
    expect(await policy("permissionMode")).toMatchObject({ value: "default" });
  });

  test("a switch for one bot leaves everything else as it is; it stands in the address", async () => {
    const { page, accessibility } = await open("retention?bot=web");
    const field = page.getByRole("switch", { name: "“Remember …” in plain words" });
    await field.focus();
    await page.keyboard.press("Space");
    await page.getByText("Set for the bot").waitFor();
    expect(await field.isChecked()).toBe(false);
    expect(await accessibility()).toEqual([]);
    expect(await policy("rememberSentences")).toMatchObject({ value: true });
    await page.getByLabel("Holds for").selectOption("");
    await page.waitForURL((url) => !url.search.includes("bot"));
    expect(await field.isChecked()).toBe(true);
  });

  test("with the API away nothing that was typed is lost", async () => {
    const { page } = await open("limits", { expected: API_AWAY });
    const field = page.getByLabel("Cap per turn", { exact: true });
    await field.fill("7");
    await web.rig.api.end("SIGKILL");
    await page.keyboard.press("Enter");
    await page.getByRole("listitem").getByText("Steward does not answer.").waitFor();
    expect(await field.inputValue()).toBe("7");
    await web.rig.startApi();
    await page.getByText("No connection to Steward").waitFor({ state: "detached" });
    await field.press("Enter");
    await page.getByText("Saved: Cap per turn").first().waitFor();
    expect(await policy("maxUsdPerTurn")).toMatchObject({ value: 7 });
  });

  test("another browser is signed out, and asked to sign in; the audit tells of it at once", async () => {
    const other = await open("limits", { expected: SIGNED_OUT });
    const { page, context, accessibility } = await open("browsers");
    const audit = await web.open({ context, path: "/settings/audit" });
    await page.getByText("this one").waitFor();
    const before = (await web.rig.client().call(listWebSessions)).length;
    await page.getByRole("button", { name: "Sign out all others" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page
      .getByText(/browsers? (is|are) signed out/)
      .first()
      .waitFor();
    expect(before).toBeGreaterThan(1);
    expect(await web.rig.client().call(listWebSessions)).toHaveLength(1);
    expect(await accessibility()).toEqual([]);
    await audit.page.getByText("Browser signed out").first().waitFor();
    await other.page.getByText("Sign in to Steward").first().waitFor();
    await page.goto(`${web.rig.url}/settings/audit`);
    await page.getByText("Browser signed in").first().waitFor();
    expect(await accessibility()).toEqual([]);
  });

  test("the sandbox, the embedder and backups are told of; a backup is taken", async () => {
    const { page, overflowPx, accessibility } = await open("system", { size: PHONE, theme: "dark" });
    await page.getByRole("heading", { name: "Sandbox" }).waitFor();
    await page.getByText("an embedder is switched off (STEWARD_EMBEDDER=off)").waitFor();
    await page.getByRole("button", { name: "Back up now" }).click();
    await page.getByText(/steward-.*\.db/).waitFor();
    expect(await accessibility()).toEqual([]);
    // The row of parts is wider than the phone: the one that is shown is in sight.
    const current = page.getByRole("link", { name: "Sandbox and search" });
    const box = await current.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
    expect(await overflowPx()).toBe(0);
  });
});
