/** The sandbox and what stands in its way, in English. */
export const sandboxEn = {
  "error.sandbox_required":
    "This chat is set to work without asking (bypassPermissions), and the sandbox that this needs is not working. Choose another mode, or see `steward doctor` on the server.",
  "sandbox.on": "Sandbox: Claude works shut in (proved by trying)",
  "sandbox.off": "Sandbox switched off: Claude can read, change and reach whatever you can",
  "sandbox.off_fix": "Take STEWARD_SANDBOX=off out of .env and restart.",
  "sandbox.problem_platform": "No sandbox on this system ({detail}): Claude can do whatever you can",
  "sandbox.problem_platform_fix": "Run Steward on Linux, or in a virtual machine of its own.",
  "sandbox.problem_missing": "No sandbox: bubblewrap is not installed. Claude can do whatever you can",
  "sandbox.problem_missing_fix": "Install it (Debian, Ubuntu: sudo apt install bubblewrap) and restart Steward.",
  "sandbox.problem_broken": "No sandbox: bubblewrap does not work ({detail}). Claude can do whatever you can",
  "sandbox.problem_broken_fix": "Reinstall bubblewrap and restart Steward.",
  "sandbox.problem_refused":
    "No sandbox: this machine does not let bubblewrap work ({detail}). Claude can do whatever you can",
  "sandbox.problem_refused_fix":
    "Allow unprivileged user namespaces. Ubuntu 24.04: an AppArmor profile for bwrap; Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined.",
  "sandbox.problem_leaks": "No sandbox: it was tried and does not hold ({detail}). Claude can do whatever you can",
  "sandbox.problem_leaks_fix": "Update bubblewrap; if that does not help, report it with this line.",
} as const;
