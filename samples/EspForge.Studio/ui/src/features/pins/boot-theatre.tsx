import { useQuery } from "@tanstack/react-query";
import { Wrench } from "lucide-react";
import type { BootScene, Plan, Repair, Strap } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { boot } from "@/features/pins/queries";
import { cn } from "@/lib/cn";

const MODE: Record<string, string> = {
  "spi-boot": "starts from flash",
  "joint-download": "waits for a download",
  invalid: "no mode the chip supports",
  undefined: "depends on the driver",
  "not-available": "has no such way",
};

interface BootTheatreProps {
  plan: Plan;
  readOnly: boolean;
  onPoint: (gpios: number[]) => void;
  onRepair: (repair: Repair) => void;
}

/** How the product comes out of reset: a row a scenario, a column a strap, and the one that fails by name. */
export function BootTheatre({ plan, readOnly, onPoint, onRepair }: BootTheatreProps) {
  const query = useQuery(boot(plan));
  if (query.isLoadingError) return <ErrorPanel error={query.error} className="m-3" />;
  if (!query.data) return <Skeleton className="m-3 h-32" />;
  const scenes = query.data.scenes;
  const straps = scenes.find((scene) => scene.straps.length > 0)?.straps ?? [];
  return (
    <div className="p-3">
      <table aria-label="Boot scenarios" className="w-full text-sm max-md:block">
        <thead className="max-md:sr-only">
          <tr className="border-b text-left align-bottom text-xs text-muted-foreground">
            <th scope="col" className="py-1 pr-3 font-medium">
              Scenario
            </th>
            {straps.map((strap) => (
              <th key={strap.gpio} scope="col" className="px-2 py-1 font-medium">
                <span className="num block text-foreground">GPIO{strap.gpio}</span>
                <span className="font-normal break-words">{strap.role}</span>
              </th>
            ))}
            <th scope="col" className="py-1 pl-2 font-medium">
              What the chip does
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {scenes.map((scene) => (
            <SceneRow key={scene.scenario} scene={scene} gpios={straps.map((strap) => strap.gpio)} readOnly={readOnly} onPoint={onPoint} onRepair={onRepair} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = Omit<BootTheatreProps, "plan"> & { scene: BootScene; gpios: number[] };

function SceneRow({ scene, gpios, readOnly, onPoint, onRepair }: RowProps) {
  const absent = scene.mode === "not-available";
  return (
    <tr
      data-testid="boot-scene"
      data-scenario={scene.scenario}
      data-passes={scene.passes}
      className={cn("border-b align-top last:border-b-0 max-md:block max-md:py-2", !scene.passes && !absent && "bg-failed/8")}
      onMouseEnter={() => onPoint(scene.gpio === null ? [] : [scene.gpio])}
      onMouseLeave={() => onPoint([])}
    >
      <th scope="row" className="py-2 pr-3 text-left font-medium max-md:block max-md:py-0.5">
        <span className="flex items-center gap-1.5">
          <StatusShape kind={absent ? "silent" : scene.passes ? "confirmed" : "failed"} />
          {scene.title}
        </span>
        <span className="caption font-normal">{absent ? "not available" : scene.passes ? "passes" : "fails"}</span>
      </th>
      {gpios.map((gpio) => {
        const strap = scene.straps.find((one) => one.gpio === gpio);
        return (
          <td key={gpio} className="px-2 py-2 max-md:inline-block max-md:py-0.5 max-md:pl-0">
            {strap ? <Level strap={strap} /> : <span className="text-muted-foreground">–</span>}
          </td>
        );
      })}
      <td className="py-2 pl-2 max-md:block max-md:pl-0">
        <p className="font-medium">
          {MODE[scene.mode] ?? scene.mode}
          {scene.vddSpiMillivolts !== null && <span className="num font-normal text-muted-foreground"> · memory at {(scene.vddSpiMillivolts / 1000).toFixed(1)} V</span>}
        </p>
        <p className="max-w-prose break-words text-muted-foreground">{scene.sentence}</p>
        {scene.repair && !readOnly && (
          <Button size="sm" variant="outline" className="mt-1 h-auto min-h-7 max-w-full py-0.5 text-left whitespace-normal" onClick={() => scene.repair && onRepair(scene.repair)}>
            <Wrench /> {scene.repair.label}
          </Button>
        )}
      </td>
    </tr>
  );
}

const LEVEL: Record<string, string> = {
  high: "M1 10V2.5H11V10",
  low: "M1 2V9.5H11V2",
  floating: "M1 6c2-5 3-5 5 0s3 5 5 0",
  either: "M1 2.5H5L7 9.5H11M1 9.5H5L7 2.5H11",
};

/** A level by line, word and, where it is the one that fails, colour and cross. */
function Level({ strap }: { strap: Strap }) {
  const why = [
    `GPIO${strap.gpio} is ${strap.level}`,
    strap.driver === null ? null : `held by ${strap.driver}`,
    strap.externalPull === null ? `internal pull ${strap.internalPull}` : `resistor ${strap.externalPull}`,
    strap.wanted === null ? null : `wanted ${strap.wanted}`,
  ];
  return (
    <span className="inline-flex flex-col" title={why.filter(Boolean).join(", ")}>
      <span className={cn("num inline-flex items-center gap-1", strap.fails && "font-semibold text-failed")}>
        <span className="md:hidden">GPIO{strap.gpio}</span>
        <svg viewBox="0 0 12 12" aria-hidden className="size-3" fill="none" stroke="currentColor" strokeWidth="1.6">
          <path d={LEVEL[strap.level] ?? ""} />
        </svg>
        {strap.level}
        {strap.fails && <span className="font-normal"> ✕ wants {strap.wanted}</span>}
      </span>
      <span className="caption max-w-40 break-words">{strap.driver ?? (strap.externalPull === null ? `pull ${strap.internalPull}` : `resistor ${strap.externalPull}`)}</span>
    </span>
  );
}
