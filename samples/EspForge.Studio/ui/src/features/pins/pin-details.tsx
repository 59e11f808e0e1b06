import { X } from "lucide-react";
import { useMemo } from "react";
import type { Board, Plan } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { Alternatives } from "@/features/pins/alternatives";
import { functionGroups, type Signal } from "@/features/pins/functions";
import { nameOf, usesByGpio } from "@/features/pins/plan";

interface PinDetailsProps {
  board: Board;
  plan: Plan;
  gpio: number;
  readOnly: boolean;
  onAssign: (signal: Signal, gpio: number) => void;
  onRemove: (index: number) => void;
  onMove: (index: number, gpio: number) => void;
  onPoint: (gpios: number[]) => void;
  onClose: () => void;
}

/** The selected pin: what it can do, what is on it, what to put there. */
export function PinDetails({ board, plan, gpio, readOnly, onAssign, onRemove, onMove, onPoint, onClose }: PinDetailsProps) {
  const facts = board.pins.find((pin) => pin.gpio === gpio);
  const label = board.headers.flatMap((header) => header.pins).find((pin) => pin.gpio === gpio)?.label;
  const groups = useMemo(() => functionGroups(board), [board]);
  const mine = usesByGpio(plan).get(gpio) ?? [];
  const soldered = board.onboard.filter((part) => part.gpio === gpio);
  const can = facts
    ? [
        facts.output ? (facts.input ? "in and out" : "out only") : "in only",
        facts.pullUp && facts.pullDown ? "pulls" : facts.pullUp ? "pull-up" : facts.pullDown ? "pull-down" : "no pulls",
        ...facts.adc,
        facts.touch !== null ? `touch ${facts.touch}` : null,
        facts.dac !== null ? `DAC ${facts.dac}` : null,
        facts.rtc !== null ? "wakes from deep sleep" : null,
      ].filter((entry): entry is string => entry !== null)
    : [];
  return (
    <section aria-label={`GPIO${gpio}`} className="flex flex-wrap items-start gap-x-6 gap-y-2 border-t px-3 py-2.5 text-sm">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="num text-lg font-semibold">GPIO{gpio}</span>
          {label && <span className="num text-muted-foreground">{label}</span>}
        </p>
        <p className="num text-xs text-muted-foreground">{can.join(" · ")}</p>
        {facts?.reserved && <p>Reserved: {facts.reserved}</p>}
        {facts?.strapping && <p className="break-words">Read at reset: {facts.strapping}</p>}
        {soldered.map((part) => (
          <p key={part.function + (part.name ?? "")}>
            On the board: {part.function}
            {part.name ? ` ${part.name}` : ""}
          </p>
        ))}
        {mine.slice(0, 3).map((index) => (
          <div key={index} className="mt-2">
            <Alternatives plan={plan} index={index} readOnly={readOnly} onMove={onMove} onPoint={onPoint} />
          </div>
        ))}
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        {mine.map((index) => {
          const use = plan.uses[index];
          if (!use) return null;
          return (
            <span key={index} className="num inline-flex min-h-8 max-w-full items-center break-all gap-1 rounded-md border bg-raised pl-2 text-sm">
              {nameOf(use)}
              <button type="button" disabled={readOnly} aria-label={`Remove ${nameOf(use)} from GPIO${gpio}`} className="flex h-full items-center rounded-md px-1.5 text-muted-foreground hover:text-foreground" onClick={() => onRemove(index)}>
                <X className="size-3.5" />
              </button>
            </span>
          );
        })}
        <Select
          aria-label={`Assign a function to GPIO${gpio}`}
          className="w-48 max-w-full"
          disabled={readOnly}
          value=""
          onChange={(event) => {
            const found = groups.flatMap((group) => group.signals).find((signal) => nameOf(signal) === event.target.value);
            if (found) onAssign(found, gpio);
          }}
        >
          <option value="">Assign a function …</option>
          {groups.map((group) => (
            <optgroup key={group.name} label={group.name}>
              {group.signals.map((signal) => (
                <option key={nameOf(signal)} value={nameOf(signal)}>
                  {nameOf(signal)}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
        <Button variant="ghost" size="icon" aria-label="Close the pin" onClick={onClose}>
          <X />
        </Button>
      </div>
    </section>
  );
}
