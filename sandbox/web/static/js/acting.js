// What happens when a person uses an element: the call, and the words when the app does not answer.
import { api } from "./api.js";
import { t } from "./i18n.js";
import { notice } from "./popup.js";
import { me, tell } from "./state.js";

/** The two functions that elements need, for the elements of one view or message. */
export function acting(container, form) {
  return {
    async act(spec, answer, blockId) {
      const result = await api.action({
        user: me(),
        container,
        block_id: blockId,
        action_id: spec.action_id,
        type: spec.type,
        ...answer,
        values: form.values(),
      });
      if (!result || result.ok === false) notice(failure(result), { error: true });
      tell("acted", container);
      return result;
    },
    suggest: (spec, value, blockId) => api.suggest({
      user: me(),
      container,
      block_id: blockId,
      action_id: spec.action_id,
      value,
      values: form.values(),
    }),
  };
}

export const failure = (result) => ([
  "operation_timeout",
  "dispatch_failed",
  "http_500",
  undefined,
  null,
].includes(result?.error) ? t("trouble") : t("actionFailed", { error: result.error }));

export function contextFor(container, form) {
  const { act, suggest } = acting(container, form);
  return {
    form,
    act(spec, answer) {
      return act(spec, answer, this.blockId);
    },
    suggest(spec, value) {
      return suggest(spec, value, this.blockId);
    },
  };
}
