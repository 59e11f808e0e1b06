import { useState } from "react";
import type { Gate } from "@/api/types";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { provesWith, type StageProblem } from "@/features/rollouts/stages";
import { percent, plural } from "@/lib/format";

interface GateEditorProps {
  gate: Gate;
  onChange: (gate: Gate) => void;
  problems: StageProblem[];
}

/** The gate in words: each field says what it decides. */
export function GateEditor({ gate, onChange, problems }: GateEditorProps) {
  const set = <K extends keyof Gate>(key: K, value: Gate[K]) => onChange({ ...gate, [key]: value });
  const problem = (field: keyof Gate) => problems.find((p) => p.field === field)?.message;
  const needed = provesWith(gate.maximumFailureRate, gate.confidence);
  return (
    <div className="grid grid-cols-3 gap-x-4 gap-y-4 max-lg:grid-cols-2 max-sm:grid-cols-1">
      <Field label="Soak time" hint="The stage runs at least this long, however well it goes." error={problem("soakSeconds")}>
        {(field) => <DurationInput {...field} seconds={gate.soakSeconds} onChange={(value) => set("soakSeconds", value)} />}
      </Field>
      <Field label="Reports needed" hint="Devices that must have ended, well or badly. A smaller stage needs all of its own." error={problem("minimumReports")}>
        {(field) => <NumberInput {...field} value={gate.minimumReports} onChange={(value) => set("minimumReports", value)} />}
      </Field>
      <Field label="Allowed failures, %" hint="Above this, beyond doubt, the rollout stops by itself." error={problem("maximumFailureRate")}>
        {(field) => <NumberInput {...field} step="0.1" value={round(gate.maximumFailureRate * 100)} onChange={(value) => set("maximumFailureRate", value / 100)} />}
      </Field>
      <Field label="Confidence, %" hint="How sure the bounds must be: 0 failures of 3 proves little." error={problem("confidence")}>
        {(field) => <NumberInput {...field} step="0.1" value={round(gate.confidence * 100)} onChange={(value) => set("confidence", value / 100)} />}
      </Field>
      <Field label="Silent after" hint="A device not heard from for this long counts as silent." error={problem("silentAfterSeconds")}>
        {(field) => <DurationInput {...field} seconds={gate.silentAfterSeconds} onChange={(value) => set("silentAfterSeconds", value)} />}
      </Field>
      <Field label="Allowed silent, %" hint="With more the rollout pauses for a person." error={problem("maximumSilentShare")}>
        {(field) => <NumberInput {...field} step="1" value={round(gate.maximumSilentShare * 100)} onChange={(value) => set("maximumSilentShare", value / 100)} />}
      </Field>
      <div className="col-span-full flex items-start gap-3">
        <Switch id="require-proof" checked={gate.requireProof} onCheckedChange={(value) => set("requireProof", value)} className="mt-0.5" />
        <label htmlFor="require-proof" className="text-sm">
          <span className="font-medium">Wait for proof</span>
          <span className="caption block">
            {needed === null
              ? "No number of devices can prove a rate of 0; a stage then waits for a person."
              : `Proof of at most ${percent(gate.maximumFailureRate)} takes ${plural(needed, "device")} without a failure. On: a smaller stage pauses for a person. Off: it goes on when all of its devices confirmed.`}
          </span>
        </label>
      </div>
    </div>
  );
}

const round = (value: number) => Math.round(value * 1000) / 1000;

interface ControlProps {
  id: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

export function NumberInput({ value, onChange, step, ...field }: ControlProps & { value: number; onChange: (value: number) => void; step?: string }) {
  const [text, setText] = useState(String(value));
  const shown = text !== "" && Number(text) === value ? text : Number.isNaN(value) ? text : String(value);
  return (
    <Input
      {...field}
      className="font-mono"
      type="number"
      inputMode="decimal"
      step={step ?? "1"}
      value={shown}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value === "" ? Number.NaN : Number(event.target.value));
      }}
    />
  );
}

const UNITS: [label: string, seconds: number][] = [
  ["s", 1],
  ["min", 60],
  ["h", 3600],
  ["d", 86_400],
];

export function DurationInput({ seconds, onChange, ...field }: ControlProps & { seconds: number; onChange: (seconds: number) => void }) {
  const fitting = [...UNITS].reverse().find(([, size]) => seconds >= size && seconds % size === 0)?.[1] ?? 1;
  const [unit, setUnit] = useState(fitting);
  return (
    <div className="flex gap-1">
      <NumberInput {...field} step="any" value={Number.isNaN(seconds) ? seconds : round(seconds / unit)} onChange={(value) => onChange(Math.round(value * unit))} />
      <Select
        aria-label="Unit"
        className="w-18"
        value={unit}
        onChange={(event) => {
          const next = Number(event.target.value);
          onChange(Math.round((seconds / unit) * next));
          setUnit(next);
        }}
      >
        {UNITS.map(([label, size]) => (
          <option key={label} value={size}>
            {label}
          </option>
        ))}
      </Select>
    </div>
  );
}
