import { Link } from "@tanstack/react-router";
import { StatusShape } from "@/components/status";
import type { FailureGroup } from "@/features/rollouts/cells";
import { plural } from "@/lib/format";
import { reasonWords, sentence } from "@/lib/reasons";
import { MEMBER } from "@/lib/status";

interface FailuresProps {
  groups: FailureGroup[];
  onMark: (devices: string[] | null) => void;
}

const SHOWN = 12;

export function Failures({ groups, onMark }: FailuresProps) {
  if (groups.length === 0) return <p className="px-3 py-4 text-sm text-muted-foreground">No device has failed.</p>;
  return (
    <ul>
      {groups.map((group) => (
        <li key={group.key} className="flex flex-wrap items-start gap-x-4 gap-y-1 border-b px-3 py-2 last:border-b-0 hover:bg-raised/60" onMouseEnter={() => onMark(group.devices)} onMouseLeave={() => onMark(null)}>
          <span className="num w-10 text-lg font-semibold">{group.devices.length}</span>
          <div className="min-w-0 flex-1 basis-60">
            <p className="flex items-start gap-1.5 text-base font-medium">
              <StatusShape kind={MEMBER[group.state].kind} className="mt-1" />
              <span className="min-w-0">{sentence(reasonWords(group.error))}</span>
            </p>
            {group.detail && <p className="text-sm break-words">{sentence(group.detail.slice(0, 1).toUpperCase() + group.detail.slice(1))}</p>}
            <p className="caption">
              {MEMBER[group.state].word}
              {group.state === "rolledBack" && group.fromVersion && (
                <>
                  {" "}
                  to <span className="num">{group.fromVersion}</span>
                </>
              )}
              , reported as <span className="num">{group.error}</span>
            </p>
          </div>
          <p className="flex max-w-xl min-w-0 flex-wrap gap-x-3 gap-y-0.5 text-xs" aria-label={plural(group.devices.length, "device")}>
            {group.devices.slice(0, SHOWN).map((id) => (
              <Link key={id} to="/devices/$deviceId" params={{ deviceId: id }} search={{}} className="num text-muted-foreground underline underline-offset-4 hover:text-foreground pointer-coarse:py-2.5">
                {id}
              </Link>
            ))}
            {group.devices.length > SHOWN && <span className="text-muted-foreground">and {group.devices.length - SHOWN} more</span>}
          </p>
        </li>
      ))}
    </ul>
  );
}
