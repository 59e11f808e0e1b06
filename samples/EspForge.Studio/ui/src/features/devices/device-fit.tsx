import type { Device } from "@/api/types";
import { StatusShape } from "@/components/status";
import { bytes } from "@/lib/format";

/** What the device read from its own silicon, as far as it told. */
export function hardwareFacts(device: Device): [string, string][] {
  const hardware = device.hardware;
  if (!hardware) return [];
  const size = (value: number | null | undefined, mode: string | null | undefined) => [value === null || value === undefined ? null : value === 0 ? "none" : bytes(value), mode === "none" ? null : mode].filter(Boolean).join(" ");
  return (
    [
      ["Silicon", [hardware.package, hardware.chipRevision ? `revision ${hardware.chipRevision}` : null].filter(Boolean).join(", ")],
      ["Flash", size(hardware.flashBytes, hardware.flashMode)],
      ["PSRAM", size(hardware.psramBytes, hardware.psramMode)],
    ] as [string, string][]
  ).filter(([, value]) => value !== "");
}

/** The device is not what its product's plan says: what is different, and what to do. */
export function FitNotice({ device }: { device: Device }) {
  if (!device.fit || device.fit.fits) return null;
  return (
    <section aria-label="Does not fit its plan" data-testid="device-misfit" className="rounded-md border border-warning/60 bg-warning/8 px-3 py-2.5 text-sm">
      <p className="flex items-center gap-1.5 font-semibold">
        <StatusShape kind="warning" /> This device does not fit the plan of {device.fit.plan}
      </p>
      <ul className="mt-1 list-disc pl-5">
        {device.fit.problems.map((problem) => (
          <li key={problem} className="break-words">
            {problem}
          </li>
        ))}
      </ul>
      <p className="caption mt-1">Change the project’s board or memory, or keep its releases away from this device with a tag.</p>
    </section>
  );
}

/** The same in a row of the list. */
export function FitMark({ device }: { device: Device }) {
  if (!device.fit || device.fit.fits) return null;
  return (
    <span className="ml-1.5 inline-flex items-center gap-1 align-middle text-xs" title={device.fit.problems.join(" ")} data-testid="misfit">
      <StatusShape kind="warning" /> does not fit
    </span>
  );
}
