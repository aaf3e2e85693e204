import { findOnPath } from "../toolchain/search-path.mjs";
import { installDebianPackages } from "./debian-packages.mjs";

/**
 * What the sandbox's tests need: installed already, or Debian's (as root). Where neither can be, those tests say that
 * they were left out; the rest runs.
 *
 * @param {Pick<import("../toolchain.mjs").Toolchain, "env">} toolchain
 * @param {(text: string) => void} say
 * @param {{ isLinux?: boolean, isRoot?: boolean }} [machine]
 * @returns {Promise<string>} the path of its program, or why there is none
 */
export async function ensureBubblewrap({ env }, say, machine = {}) {
  const { isLinux = process.platform === "linux", isRoot = process.getuid?.() === 0 } = machine;
  if (!isLinux) return "not on this system: the sandbox's tests are left out";
  const installed = findOnPath("bwrap", env.PATH);
  if (installed) return installed;
  if (!isRoot || !findOnPath("apt-get", env.PATH)) {
    return "not installed, and not ours to install: the sandbox's tests are left out (apt install bubblewrap)";
  }
  say("installing bubblewrap (apt) …");
  const reason = await installDebianPackages(["bubblewrap"], env);
  return (
    findOnPath("bwrap", env.PATH) ??
    `could not be installed: the sandbox's tests are left out\n${reason ?? ""}`
  );
}
