import type { Gate, Stage } from "@/api/types";

export const DEFAULT_GATE: Gate = {
  soakSeconds: 600,
  minimumReports: 1,
  maximumFailureRate: 0.05,
  confidence: 0.95,
  requireProof: false,
  silentAfterSeconds: 86_400,
  maximumSilentShare: 0.2,
};
export const DEFAULT_PERCENTS = [5, 20, 50, 100];
export const MAX_STAGES = 20;
const THIRTY_DAYS = 30 * 86_400;

export interface StageDraft {
  percent: number;
  gate: Gate;
}

export function defaultStages(gate: Gate = DEFAULT_GATE): StageDraft[] {
  return DEFAULT_PERCENTS.map((percent) => ({ percent, gate: { ...gate } }));
}

export interface Preset {
  id: string;
  name: string;
  about: string;
  stages: () => StageDraft[];
}
export const PRESETS: Preset[] = [
  { id: "standard", name: "Standard", about: "5, 20, 50, 100%, ten minutes each", stages: () => defaultStages() },
  {
    id: "careful",
    name: "Careful",
    about: "1, 10, 50, 100%, a day each, waits for proof",
    stages: () => [1, 10, 50, 100].map((percent) => ({ percent, gate: { ...DEFAULT_GATE, soakSeconds: 86_400, minimumReports: 10, maximumFailureRate: 0.02, requireProof: true } })),
  },
  {
    id: "quick",
    name: "Quick try",
    about: "5, 20, 50, 100%, seconds each; for virtual devices",
    stages: () => defaultStages({ ...DEFAULT_GATE, soakSeconds: 5, silentAfterSeconds: 300 }),
  },
  { id: "all", name: "All at once", about: "one stage of 100%; nothing is held back", stages: () => [{ percent: 100, gate: { ...DEFAULT_GATE } }] },
];

export interface StageProblem {
  stage: number;
  field: "percent" | keyof Gate | "stages";
  message: string;
}

const within = (value: number, low: number, high: number) => Number.isFinite(value) && value >= low && value <= high;

/** The same bounds as the server's; said before it has to. */
export function validateStages(stages: StageDraft[]): StageProblem[] {
  const problems: StageProblem[] = [];
  const say = (stage: number, field: StageProblem["field"], message: string) => problems.push({ stage, field, message });
  if (stages.length === 0) say(0, "stages", "A rollout needs at least one stage.");
  if (stages.length > MAX_STAGES) say(MAX_STAGES, "stages", `At most ${MAX_STAGES} stages.`);
  stages.forEach(({ percent, gate }, i) => {
    const before = stages[i - 1]?.percent ?? 0;
    if (!Number.isInteger(percent) || !within(percent, 1, 100)) say(i, "percent", "A whole number from 1 to 100.");
    else if (percent <= before) say(i, "percent", `More than the stage before (${before}%).`);
    else if (i === stages.length - 1 && percent !== 100) say(i, "percent", "The last stage is 100%.");
    if (!within(gate.soakSeconds, 0, THIRTY_DAYS)) say(i, "soakSeconds", "0 s to 30 days.");
    if (!Number.isInteger(gate.minimumReports) || !within(gate.minimumReports, 1, 1_000_000)) say(i, "minimumReports", "1 to 1,000,000.");
    if (!within(gate.maximumFailureRate, 0, 1)) say(i, "maximumFailureRate", "0 to 100%.");
    if (!within(gate.confidence, 0.5, 0.999)) say(i, "confidence", "50 to 99.9%.");
    if (!within(gate.silentAfterSeconds, 10, THIRTY_DAYS)) say(i, "silentAfterSeconds", "10 s to 30 days.");
    if (!within(gate.maximumSilentShare, 0, 1)) say(i, "maximumSilentShare", "0 to 100%.");
  });
  return problems;
}

export function toRequest(stages: StageDraft[]): Stage[] {
  return stages.map(({ percent, gate }) => ({ percent, gate }));
}

/** How many devices must end well before a bound of this confidence lies under the rate: the rule of three, exactly. */
export function provesWith(rate: number, confidence: number): number | null {
  if (rate <= 0 || rate >= 1) return rate >= 1 ? 1 : null;
  return Math.ceil(Math.log(1 - confidence) / Math.log(1 - rate));
}

/** Where a confidence bar and its allowed rate are drawn: a scale that shows both with room to spare. */
export function gateScale(upper: number, allowed: number): number {
  return Math.min(1, Math.max(allowed * 2.5, upper * 1.1, 0.05));
}
