import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, CircleDot, KeyRound, Package, Power, Radio, Send, type LucideIcon } from "lucide-react";
import { timeline } from "@/api/queries";
import { ErrorPanel } from "@/components/page";
import { Time } from "@/components/time";
import { Skeleton } from "@/components/ui/skeleton";

const ICONS: [RegExp, LucideIcon][] = [
  [/boot|restart|slot/, Power],
  [/offer|update/, Package],
  [/report|confirm|fail|rolled/, Send],
  [/claim|key|token|regist/, KeyRound],
  [/alert|error/, Bell],
  [/online|offline|seen/, Radio],
];

export function DeviceTimeline({ deviceId }: { deviceId: string }) {
  const query = useQuery(timeline(deviceId));
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} className="m-3" />;
  if (query.isPending) return <Skeleton className="m-3 h-40" />;
  if (query.data.length === 0) return <p className="px-3 py-4 text-sm text-muted-foreground">Nothing has happened yet.</p>;
  return (
    <ol>
      {query.data.map((entry, i) => {
        const Icon = ICONS.find(([pattern]) => pattern.test(entry.kind.toLowerCase()))?.[1] ?? CircleDot;
        return (
          <li key={i} className="relative flex gap-2.5 px-3 py-1.5 text-sm not-last:before:absolute not-last:before:top-6 not-last:before:-bottom-2 not-last:before:left-[19px] not-last:before:w-px not-last:before:bg-border">
            <Icon className="relative mt-0.5 size-3.5 shrink-0 bg-card text-muted-foreground" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="break-words">
                {entry.text}{" "}
                {entry.rolloutId && (
                  <Link to="/rollouts/$rolloutId" params={{ rolloutId: entry.rolloutId }} search={{}} className="text-muted-foreground underline underline-offset-4 hover:text-foreground">
                    rollout
                  </Link>
                )}
              </p>
              <p className="caption flex gap-2">
                <span>{entry.kind}</span>
                <Time at={entry.at} />
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
