import { Trash2 } from "lucide-react";
import type { Board, Direction, Plan, Pull, Use } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/input";

interface UsesTableProps {
  board: Board;
  plan: Plan;
  readOnly: boolean;
  onChange: (index: number, change: Partial<Use>) => void;
  onMove: (index: number, gpio: number) => void;
  onRemove: (index: number) => void;
  onPoint: (gpios: number[]) => void;
}

const DIRECTIONS: Direction[] = ["in", "out", "io", "analog"];
const PULLS: Pull[] = ["up", "down", "none"];

export function UsesTable({ board, plan, readOnly, onChange, onMove, onRemove, onPoint }: UsesTableProps) {
  if (plan.uses.length === 0) {
    return <p className="px-3 py-6 text-center text-sm text-muted-foreground">No pin is used yet. Select a pin on the board, or pick a function on the left.</p>;
  }
  const labels = new Map(board.headers.flatMap((header) => header.pins).map((pin) => [pin.gpio, pin.label]));
  const gpios = board.pins.filter((pin) => pin.exposed).map((pin) => pin.gpio);
  const rows = plan.uses.map((use, index) => ({ use, index })).sort((a, b) => a.use.gpio - b.use.gpio || a.index - b.index);
  const cell = "px-2 py-0.5 max-md:px-0";
  return (
    <div>
      <table aria-label="Uses" className="w-full text-sm max-md:block">
        <thead className="max-md:sr-only">
          <tr className="border-b text-left text-xs text-muted-foreground">
            {["GPIO", "Label", "Function", "Signal", "Direction", "Pull", ""].map((header, i) => (
              <th key={i} scope="col" className="h-8 px-2 font-medium">
                {header === "" ? <span className="sr-only">Remove</span> : header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map(({ use, index }) => (
            <tr key={index} className="border-b last:border-b-0 hover:bg-raised/60 max-md:grid max-md:grid-cols-2 max-md:gap-1 max-md:p-2" onMouseEnter={() => onPoint([use.gpio])} onMouseLeave={() => onPoint([])}>
              <td className={cell}>
                <Select aria-label={`GPIO of ${use.function} ${use.signal ?? ""}`} className="h-7 w-20 max-w-full font-mono" disabled={readOnly} value={use.gpio} onChange={(event) => onMove(index, Number(event.target.value))}>
                  {!gpios.includes(use.gpio) && <option value={use.gpio}>{use.gpio}</option>}
                  {gpios.map((gpio) => (
                    <option key={gpio} value={gpio}>
                      {gpio}
                    </option>
                  ))}
                </Select>
              </td>
              <td className={`${cell} num text-muted-foreground`}>{labels.get(use.gpio) ?? "–"}</td>
              <td className={cell}>
                <Text label="Function" value={use.function} readOnly={readOnly} required onCommit={(value) => onChange(index, { function: value })} />
              </td>
              <td className={cell}>
                <Text label="Signal" value={use.signal ?? ""} readOnly={readOnly} onCommit={(value) => onChange(index, { signal: value === "" ? undefined : value })} />
              </td>
              <td className={cell}>
                <Select aria-label="Direction" className="h-7 w-24" disabled={readOnly} value={use.direction ?? ""} onChange={(event) => onChange(index, { direction: (event.target.value || undefined) as Direction | undefined })}>
                  <option value="">by signal</option>
                  {DIRECTIONS.map((direction) => (
                    <option key={direction}>{direction}</option>
                  ))}
                </Select>
              </td>
              <td className={cell}>
                <Select aria-label="Pull" className="h-7 w-20" disabled={readOnly} value={use.pull ?? ""} onChange={(event) => onChange(index, { pull: (event.target.value || undefined) as Pull | undefined })}>
                  <option value="">–</option>
                  {PULLS.map((pull) => (
                    <option key={pull}>{pull}</option>
                  ))}
                </Select>
              </td>
              <td className={`${cell} text-right`}>
                <Button variant="ghost" size="icon-sm" disabled={readOnly} aria-label={`Remove ${use.function} ${use.signal ?? ""} from GPIO${use.gpio}`} onClick={() => onRemove(index)}>
                  <Trash2 />
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  readOnly: boolean;
  required?: boolean;
  onCommit: (value: string) => void;
}

/** One step of undo a word, not one a letter. */
function Text({ label, value, readOnly, required, onCommit }: TextProps) {
  return (
    <Input
      key={value}
      aria-label={label}
      className="h-7 min-w-0 font-mono md:min-w-24"
      disabled={readOnly}
      maxLength={64}
      defaultValue={value}
      onBlur={(event) => {
        const next = event.target.value.trim();
        if (next === value) return;
        if (required && next === "") event.target.value = value;
        else onCommit(next);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          event.currentTarget.value = value;
          event.currentTarget.blur();
        }
      }}
    />
  );
}
