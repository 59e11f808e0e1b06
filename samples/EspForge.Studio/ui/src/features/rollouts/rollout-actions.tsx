import { useQuery } from "@tanstack/react-query";
import { Pause, Play, RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { releases } from "@/api/queries";
import type { Rollout } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { useRolloutAction, type RolloutAction } from "@/features/rollouts/queries";
import { plural } from "@/lib/format";

type Asking = Exclude<RolloutAction, "pause">;

/** Pause is one press and large; whatever reaches more devices says how many first. */
export function RolloutActions({ rollout, large, wall = false }: { rollout: Rollout; large: boolean; wall?: boolean }) {
  const act = useRolloutAction(rollout.id);
  const [asking, setAsking] = useState<Asking | null>(null);
  const { state } = rollout;
  const size = large ? ("lg" as const) : ("default" as const);
  const pause = () =>
    act.mutate(
      { action: "pause" },
      {
        onSuccess: () => toast.success("Paused", { description: "No new offers. What a device has begun it ends." }),
        onError: (error) => toast.error(error.message),
      },
    );

  return (
    <>
      {!wall && (state === "running" || state === "paused") && (
        <AllowedButton needs="rollouts.manage" variant="ghost" onClick={() => setAsking("cancel")}>
          <Square /> Cancel
        </AllowedButton>
      )}
      {state === "draft" && (
        <AllowedButton needs="rollouts.manage" variant="ghost" onClick={() => setAsking("cancel")}>
          Discard
        </AllowedButton>
      )}
      {!wall && (state === "running" || state === "paused") && (
        <AllowedButton needs="rollouts.manage" variant="destructive" onClick={() => setAsking("rollback")}>
          <RotateCcw /> Roll back
        </AllowedButton>
      )}
      {!wall && (state === "completed" || state === "rolledBack") && rollout.confirmed > 0 && (
        <AllowedButton needs="rollouts.manage" variant="destructive" onClick={() => setAsking("rollback")}>
          <RotateCcw /> Return devices
        </AllowedButton>
      )}
      {state === "draft" && (
        <AllowedButton needs="rollouts.manage" size={size} className="max-sm:basis-full" onClick={() => setAsking("start")}>
          <Play /> Start
        </AllowedButton>
      )}
      {state === "paused" && (
        <AllowedButton needs="rollouts.manage" size={size} className="max-sm:basis-full" onClick={() => setAsking("resume")}>
          <Play /> Resume
        </AllowedButton>
      )}
      {state === "running" && (
        <AllowedButton needs="rollouts.manage" size="lg" className="max-sm:basis-full" onClick={pause} disabled={act.isPending}>
          <Pause /> Pause
        </AllowedButton>
      )}
      <Asking rollout={rollout} asking={asking} close={() => setAsking(null)} />
    </>
  );
}

function Asking({ rollout, asking, close }: { rollout: Rollout; asking: Asking | null; close: () => void }) {
  const act = useRolloutAction(rollout.id);
  const [reason, setReason] = useState("");
  const [returnTo, setReturnTo] = useState("");
  const earlier = useQuery({ ...releases(rollout.product), enabled: asking === "rollback" }).data?.filter(
    (release) => release.id !== rollout.releaseId && release.chip === rollout.chip,
  );
  if (asking === null) return null;

  const done = () => {
    setReason("");
    setReturnTo("");
    close();
  };
  const run = () =>
    act.mutateAsync({
      action: asking,
      ...(reason.trim() ? { reason: reason.trim() } : {}),
      ...(asking === "rollback" && returnTo ? { returnToReleaseId: returnTo } : {}),
    });
  const ended = rollout.state === "completed" || rollout.state === "rolledBack";
  const back = earlier?.find((release) => release.id === returnTo);
  const next = rollout.stages[Math.max(0, rollout.currentStage)];
  const working = rollout.stages.reduce((sum, stage) => sum + stage.health.working, 0);
  const waiting = rollout.stages.reduce((sum, stage) => sum + stage.health.waiting, 0);
  const reasonField = (
    <Field label="Why" hint="Kept in the decision log and the audit log. Optional.">
      {(field) => <Input {...field} value={reason} maxLength={400} onChange={(event) => setReason(event.target.value)} />}
    </Field>
  );

  if (asking === "start" || asking === "resume") {
    return (
      <ConfirmDialog
        open
        onClose={done}
        tone="default"
        title={asking === "start" ? `Start ${rollout.name}` : `Resume ${rollout.name}`}
        confirm={asking === "start" ? `Start with ${plural(next?.size ?? 0, "device")}` : "Resume"}
        onConfirm={run}
      >
        {asking === "start" ? (
          <p>
            Stage 1 offers <span className="num">{rollout.version}</span> to {plural(next?.size ?? 0, "device")} of {plural(rollout.devices, "device")}. The others wait for its gate.
          </p>
        ) : (
          <>
            <p>
              Offers go out again: {plural(waiting, "device")} of stages up to the current one and later may follow as the gates pass. The gate decides again from the counts as they are now.
            </p>
            {rollout.reason && <p className="text-muted-foreground">It was paused because: {rollout.reason}</p>}
          </>
        )}
        {reasonField}
      </ConfirmDialog>
    );
  }
  if (asking === "cancel") {
    return (
      <ConfirmDialog open onClose={done} title={`Cancel ${rollout.name}`} confirm="Cancel the rollout" typeName={rollout.devices > 1 && rollout.state !== "draft" ? rollout.name : undefined} onConfirm={run}>
        <p>
          No further device is offered <span className="num">{rollout.version}</span>: {plural(waiting, "device")} that wait stay on their version, {plural(working, "device")} under way finish, {plural(rollout.confirmed, "device")} that confirmed keep it. It
          cannot be resumed.
        </p>
        {reasonField}
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog
      open
      onClose={done}
      title={ended ? `Return the devices of ${rollout.name}` : `Roll back ${rollout.name}`}
      confirm={ended ? `Return ${plural(rollout.confirmed, "device")}` : back ? `Stop and return ${plural(rollout.confirmed, "device")}` : "Stop the offers"}
      typeName={rollout.devices > 1 ? rollout.name : undefined}
      blocked={ended && !back}
      onConfirm={async () => {
        await run();
        toast.success(back ? `Returning to ${back.version}` : "Rolled back", { description: back ? "A rollout of it to the devices that run the bad version has started; see Rollouts." : "No device is offered it any more." });
      }}
    >
      <p>
        {!ended && (
          <>
            Offers of <span className="num">{rollout.version}</span> stop for all {plural(rollout.devices, "device")}.{" "}
          </>
        )}
        {plural(rollout.confirmed, "device")} confirmed it and {rollout.confirmed === 1 ? "runs" : "run"} it now.
      </p>
      <Field label="Return those devices to" hint="That release is signed again with a higher sequence and rolled out to them in one stage.">
        {(field) => (
          <Select {...field} value={returnTo} onChange={(event) => setReturnTo(event.target.value)}>
            <option value="">{ended ? "Choose a release" : `Leave them on ${rollout.version}`}</option>
            {(earlier ?? []).map((release) => (
              <option key={release.id} value={release.id}>
                {release.version} (sequence {release.sequence})
              </option>
            ))}
          </Select>
        )}
      </Field>
      {reasonField}
    </ConfirmDialog>
  );
}
