/** What is said about approvals, in English. Placeholders stand in braces. */
export const approvalsEn = {
  "error.approval_decided": "This was answered before; nothing was changed.",
  "error.approval_expired":
    "This question has expired: nobody answered in time, or Steward was restarted. It counts as denied; ask again if it is still wanted.",
  "error.approval_withdrawn": "The turn that asked has ended, so there is nothing to answer any more.",
  "notice.approval_expired":
    "⌛ Nobody answered within {minutes} min, so this was not done: {call}\nIf it is still wanted, ask for it again.",
} as const;
