/** Plans that wait for a person's word, in English. */
export const plansEn = {
  "plan.how":
    "📋 Shall I carry this out? Press Go ahead or answer “go ahead”; anything else you write revises it.",
  "plan.toast.confirmed": "✅ Carrying it out.",
  "plan.toast.revise": "✏️ Write what should be different.",
  "plan.toast.gone": "This plan was decided or has expired.",
  "bot.command.confirm": "Have the plan carried out that waits",
  "plan.none": "No plan waits to be confirmed here.",
} as const;
