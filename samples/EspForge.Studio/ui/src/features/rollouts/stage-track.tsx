import { Check, ChevronRight, Lock, Minus, X } from "lucide-react";
import type { Rollout, StageView } from "@/api/types";
import { StatusShape } from "@/components/status";
import { Time } from "@/components/time";
import { gateScale } from "@/features/rollouts/stages";
import { cn } from "@/lib/cn";
import { count, percent, wholeDuration } from "@/lib/format";

/** The stages in a row; at the end of each the gate, with what was seen against what is allowed. */
export function StageTrack({ rollout, wall = false }: { rollout: Rollout; wall?: boolean }) {
  return (
    <ol data-testid="stage-track" aria-label="Stages" className="grid auto-cols-fr grid-flow-col gap-px overflow-hidden rounded-md border bg-border max-lg:grid-flow-row max-lg:grid-cols-2 max-sm:grid-cols-1">
      {rollout.stages.map((stage, i) => (
        <StageBox key={i} stage={stage} index={i} rollout={rollout} wall={wall} />
      ))}
    </ol>
  );
}

type Phase = "passed" | "now" | "stopped" | "ahead";
function phaseOf(rollout: Rollout, index: number): Phase {
  if (rollout.state === "completed") return "passed";
  if (index < rollout.currentStage) return "passed";
  if (index > rollout.currentStage) return "ahead";
  return rollout.state === "rolledBack" || rollout.state === "cancelled" ? "stopped" : rollout.state === "draft" ? "ahead" : "now";
}

function StageBox({ stage, index, rollout, wall }: { stage: StageView; index: number; rollout: Rollout; wall: boolean }) {
  const phase = phaseOf(rollout, index);
  const over = rollout.state === "rolledBack" || rollout.state === "cancelled";
  const { health } = stage;
  const size = Math.max(1, health.size || stage.size);
  const parts: [string, number][] = [
    ["var(--confirmed)", health.confirmed],
    ["var(--failed)", health.failed],
    ["var(--silent)", health.silent],
    ["var(--working)", Math.max(0, health.working - health.silent)],
  ];
  const words = { passed: "gate passed", now: rollout.state === "paused" ? "paused here" : "under way", stopped: "stopped here", ahead: over ? "not reached" : "held back" } as const;
  return (
    <li
      aria-current={phase === "now" ? "step" : undefined}
      data-phase={phase}
      className={cn("relative flex min-w-0 flex-col gap-2 bg-card p-3", phase === "now" && "bg-raised", phase === "ahead" && "text-muted-foreground")}
    >
      <div className="flex items-baseline gap-2">
        <span className={cn("num leading-none font-semibold", wall ? "text-[40px]" : "text-2xl", phase === "ahead" && "font-normal")}>{stage.percent}%</span>
        <span className={cn("text-sm whitespace-nowrap", wall && "sr-only")}>stage {index + 1}</span>
        <span className={cn("ml-auto flex items-center gap-1 font-medium whitespace-nowrap", wall ? "text-base" : "text-xs")}>
          {phase === "passed" && <Check className="size-4 text-confirmed" aria-hidden />}
          {phase === "now" && <ChevronRight className="size-4 text-working" aria-hidden />}
          {phase === "stopped" && <X className="size-4 text-failed" aria-hidden />}
          {phase === "ahead" && <Lock className="size-3.5" aria-hidden />}
          {words[phase]}
        </span>
      </div>
      <div className={cn("flex overflow-hidden rounded-sm bg-border", wall ? "h-4" : "h-2.5")} role="img" aria-label={`${health.confirmed} confirmed, ${health.failed} failed, ${health.working} working, ${health.waiting} waiting of ${health.size}`}>
        {parts.map(([color, value]) => value > 0 && <span key={color} style={{ width: `${(value / size) * 100}%`, background: color }} />)}
      </div>
      <p className={cn("num flex flex-wrap gap-x-3", wall ? "text-lg" : "text-xs")}>
        <span>
          {count(health.confirmed)}/{count(health.size || stage.size)} confirmed
        </span>
        {health.failed > 0 && <span className="text-failed">{count(health.failed)} failed</span>}
        {health.silent > 0 && (
          <span className="flex items-center gap-1">
            <StatusShape kind="silent" className="size-2.5" />
            {count(health.silent)} silent
          </span>
        )}
      </p>
      <div className={cn(phase === "ahead" && "max-sm:hidden")}>
        <GateBar stage={stage} stopped={phase === "stopped" && rollout.state === "rolledBack"} />
      </div>
      <p className={cn("caption mt-auto", wall && "hidden")}>
        {stage.startedAt ? (
          <>
            admitted <Time at={stage.startedAt} />, soaks {wholeDuration(stage.gate.soakSeconds)}
          </>
        ) : (
          <>soaks {wholeDuration(stage.gate.soakSeconds)}</>
        )}
      </p>
    </li>
  );
}

/** The confidence interval of the failure rate as a bar, against the rate that is allowed. */
function GateBar({ stage, stopped }: { stage: StageView; stopped: boolean }) {
  const allowed = stage.gate.maximumFailureRate;
  const ended = stage.health.confirmed + stage.health.failed;
  const observed = ended === 0 ? null : stage.health.failed / ended;
  const scale = gateScale(ended === 0 ? allowed : Math.min(stage.upperBound, 1), allowed);
  const at = (rate: number) => `${Math.min(100, (rate / scale) * 100)}%`;
  const broken = ended > 0 && (stopped || stage.lowerBound > allowed);
  const proven = ended > 0 && stage.upperBound <= allowed;
  const tone = broken ? "var(--failed)" : proven ? "var(--confirmed)" : "var(--working)";
  const said = observed === null ? "no reports yet" : `${percent(observed)} failed; with ${percent(stage.gate.confidence)} confidence ${percent(stage.lowerBound)} to ${percent(stage.upperBound)}`;
  return (
    <div className="flex flex-col gap-1">
      <div className="relative h-5" role="img" aria-label={`Failure rate: ${said}. Allowed: ${percent(allowed)}.`}>
        <span className="absolute inset-x-0 top-1/2 h-px bg-input" />
        {observed !== null && (
          <>
            <span
              className="absolute top-1/2 h-2 -translate-y-1/2 rounded-sm"
              style={{ left: at(stage.lowerBound), width: `calc(${at(stage.upperBound)} - ${at(stage.lowerBound)})`, minWidth: 3, background: `color-mix(in oklab, ${tone} 55%, transparent)`, border: `1px solid ${tone}` }}
            />
            <span className="absolute top-1/2 size-2 -translate-x-1/2 -translate-y-1/2 rotate-45" style={{ left: at(observed), background: "var(--foreground)" }} />
          </>
        )}
        <span className="absolute inset-y-0 w-0.5 -translate-x-1/2 bg-foreground" style={{ left: at(allowed) }} />
        {observed === null && <Minus className="absolute top-1/2 left-0 size-3 -translate-y-1/2 text-muted-foreground" aria-hidden />}
      </div>
      <p className="num flex flex-wrap justify-between gap-x-2 text-xs">
        <span>{observed === null ? "no reports" : `failing ${percent(stage.lowerBound)} – ${percent(stage.upperBound)}`}</span>
        <span className="text-muted-foreground">allowed {percent(allowed)}</span>
      </p>
    </div>
  );
}
