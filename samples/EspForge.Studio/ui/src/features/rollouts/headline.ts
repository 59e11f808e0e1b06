import type { Rollout } from "@/api/types";
import type { FailureGroup } from "@/features/rollouts/cells";
import { plural } from "@/lib/format";
import { reasonWords, sentence, tied } from "@/lib/reasons";

export interface Headline {
  /** What an operator must know, in one breath. */
  main: string;
  /** Why, with the numbers; may be empty. */
  more: string[];
}

/** The state of a rollout in plain words: what happened, why the device said it did, and what the gate made of it. */
export function headline(rollout: Rollout, failures: FailureGroup[]): Headline {
  const { state, decision, reason, version } = rollout;
  const worst = failures[0];
  const gate = reason === null || reason === undefined || reason === "" ? [] : [tied(sentence(reason))];
  switch (state) {
    case "draft":
      return { main: `Nothing has been sent. Start it to offer ${version} to the first ${plural(rollout.stages[0]?.size ?? 0, "device")}.`, more: [] };
    case "running":
      return { main: capital(tied(decision?.reason ?? reason ?? "The gate has not decided yet.")), more: worst ? [why(worst)] : [] };
    case "paused":
      return { main: `Paused at stage ${Math.max(0, rollout.currentStage) + 1} of ${rollout.stages.length}. No new offers go out.`, more: [...gate, ...(worst ? [why(worst)] : [])] };
    case "completed":
      return {
        main: rollout.confirmed === rollout.devices ? `Completed: ${rollout.devices === 1 ? "the device runs" : `all ${plural(rollout.devices, "device")} run`} ${version}.` : `Completed: ${rollout.confirmed} of ${plural(rollout.devices, "device")} run ${version}.`,
        more: [...(worst ? [why(worst)] : []), ...gate],
      };
    case "rolledBack": {
      const stage = `Stopped at stage ${Math.max(0, rollout.currentStage) + 1} of ${rollout.stages.length}`;
      return { main: worst ? `${stage}: ${lower(reasonWords(worst.error))}.` : `${stage}.`, more: [...(worst ? [why(worst)] : []), ...gate] };
    }
    case "cancelled":
      return { main: `Cancelled. ${plural(rollout.confirmed, "device")} confirmed ${version} and ${rollout.confirmed === 1 ? "keeps" : "keep"} it.`, more: gate };
  }
}

/** "virtual-9c47f31a: signal 6 (Aborted) 0.1 s after start. It is back on 1.1.0." */
function why(group: FailureGroup): string {
  const [first] = group.devices;
  const who = group.devices.length === 1 ? first : plural(group.devices.length, "device");
  const back =
    group.state !== "rolledBack" ? "" : group.devices.length > 1 ? " They are back on what they ran before." : group.fromVersion ? ` It is back on ${group.fromVersion}.` : " It is back on what it ran before.";
  return `${who}: ${sentence(group.detail ?? lower(reasonWords(group.error)))}${back}`;
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
const lower = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);
