/** The sandbox and what stands in its way, in English. */
export const sandboxEn = {
  "error.sandbox_required":
    "This chat is set to work without asking (bypassPermissions), and the sandbox that this needs is not working. Choose another mode, or see `steward doctor` on the server.",
  "cli.doctor.sandbox": "Sandbox: Claude works shut in (proved by trying, {ms} ms)",
  "cli.doctor.sandbox_off": "Sandbox switched off: Claude can read, change and reach whatever you can",
  "cli.doctor.sandbox_off_fix": "Take STEWARD_SANDBOX=off out of .env and restart.",
  "cli.doctor.sandbox_platform": "No sandbox on this system ({detail}): Claude can do whatever you can",
  "cli.doctor.sandbox_platform_fix": "Run Steward on Linux, or in a virtual machine of its own.",
  "cli.doctor.sandbox_missing": "No sandbox: bubblewrap is not installed. Claude can do whatever you can",
  "cli.doctor.sandbox_missing_fix":
    "Install it (Debian, Ubuntu: sudo apt install bubblewrap) and restart Steward.",
  "cli.doctor.sandbox_broken":
    "No sandbox: bubblewrap does not work ({detail}). Claude can do whatever you can",
  "cli.doctor.sandbox_broken_fix": "Reinstall bubblewrap and restart Steward.",
  "cli.doctor.sandbox_refused":
    "No sandbox: this machine does not let bubblewrap work ({detail}). Claude can do whatever you can",
  "cli.doctor.sandbox_refused_fix":
    "Allow unprivileged user namespaces. Ubuntu 24.04: an AppArmor profile for bwrap; Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined.",
  "cli.doctor.sandbox_leaks":
    "No sandbox: it was tried and does not hold ({detail}). Claude can do whatever you can",
  "cli.doctor.sandbox_leaks_fix": "Update bubblewrap; if that does not help, report it with this line.",
  "cli.doctor.service_no_sandbox":
    "The running Steward has no sandbox, though one works here: Claude can do whatever you can",
} as const;
