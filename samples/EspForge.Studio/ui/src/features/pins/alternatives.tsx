import { useQuery } from "@tanstack/react-query";
import type { Plan } from "@/api/types";
import { StatusShape } from "@/components/status";
import { costDifference } from "@/features/pins/cost";
import { nameOf } from "@/features/pins/plan";
import { suggest } from "@/features/pins/queries";
import type { StatusKind } from "@/lib/status";

const SHOWN = 5;
const RISK: Record<string, { kind: StatusKind; word: string }> = {
  none: { kind: "confirmed", word: "nothing against it" },
  info: { kind: "waiting", word: "with a note" },
  warning: { kind: "warning", word: "with a warning" },
};

interface AlternativesProps {
  plan: Plan;
  index: number;
  readOnly: boolean;
  onMove: (index: number, gpio: number) => void;
  onPoint: (gpios: number[]) => void;
}

/** Where a use could be instead, best first, each with what it costs against where it is. */
export function Alternatives({ plan, index, readOnly, onMove, onPoint }: AlternativesProps) {
  const use = plan.uses[index];
  const query = useQuery({ ...suggest(plan, index), enabled: use !== undefined });
  if (!use || !query.data) return null;
  if (query.data.length === 0) return <p className="text-muted-foreground">No other pin can carry {nameOf(use)}.</p>;
  return (
    <section aria-label={`Other pins for ${nameOf(use)}`}>
      <h3 className="text-xs font-semibold text-muted-foreground">Other pins for {nameOf(use)}</h3>
      <ul className="mt-1 flex flex-wrap gap-1.5">
        {query.data.slice(0, SHOWN).map((candidate) => {
          const difference = candidate.now === null ? null : costDifference(candidate.cost, candidate.now);
          const risk = RISK[candidate.risk];
          return (
            <li key={candidate.gpio}>
              <button
                type="button"
                disabled={readOnly}
                title={candidate.reason}
                data-testid="alternative"
                className="flex min-h-8 flex-wrap items-center gap-x-1.5 rounded-md border px-2 py-1 text-left text-xs hover:bg-raised disabled:opacity-60 pointer-coarse:min-h-10"
                onMouseEnter={() => onPoint([candidate.gpio])}
                onMouseLeave={() => onPoint([])}
                onFocus={() => onPoint([candidate.gpio])}
                onBlur={() => onPoint([])}
                onClick={() => onMove(index, candidate.gpio)}
              >
                <StatusShape kind={risk?.kind ?? "waiting"} />
                <span className="num font-semibold">GPIO{candidate.gpio}</span>
                <span className="num text-muted-foreground">{difference === null ? risk?.word : difference.better > 0 ? `better: ${difference.text}` : difference.text}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
