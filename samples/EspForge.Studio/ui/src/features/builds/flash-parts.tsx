import { Download } from "lucide-react";
import type { Build } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { CommandLine, Id } from "@/components/copyable";
import { downloadFile } from "@/components/download";
import { flashCommand, offset } from "@/features/builds/memory";
import { bytes } from "@/lib/format";

/** What goes where in the flash of a new board, by cable: from then on updates come over the air. */
export function FlashParts({ build }: { build: Pick<Build, "id" | "product" | "version" | "flashParts"> & { chip: string } }) {
  const fileName = (name: string) => `${build.product}-${build.version}-${name}.bin`;
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Flash parts, scrollable">
        <table aria-label="Flash parts" className="w-full text-sm">
          <thead>
            <tr className="border-b text-left text-xs text-muted-foreground">
              <th scope="col" className="h-7 pr-3 font-medium">
                Part
              </th>
              <th scope="col" className="pr-3 text-right font-medium">
                Offset
              </th>
              <th scope="col" className="pr-3 text-right font-medium">
                Size
              </th>
              <th scope="col" className="pr-3 font-medium max-sm:hidden">
                SHA-256
              </th>
              <th scope="col">
                <span className="sr-only">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {build.flashParts.map((part) => (
              <tr key={part.name} data-testid="flash-part" data-name={part.name} className="h-8 border-b last:border-b-0 pointer-coarse:h-10">
                <td className="num pr-3">{part.name}</td>
                <td className="num pr-3 text-right">{offset(part.offsetBytes)}</td>
                <td className="num pr-3 text-right whitespace-nowrap">{bytes(part.sizeBytes)}</td>
                <td className="pr-3 max-sm:hidden">
                  <Id value={part.sha256} what={`SHA-256 of ${part.name}`} length={10} />
                </td>
                <td className="text-right">
                  <AllowedButton needs="images.read" variant="ghost" size="icon-sm" aria-label={`Download ${part.name}`} title={`Download ${part.name}`} onClick={() => void downloadFile(`builds/${build.id}/parts/${encodeURIComponent(part.name)}`, fileName(part.name))}>
                    <Download />
                  </AllowedButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <CommandLine text={flashCommand(build.chip, build.flashParts, fileName)} what="command that writes the parts to a board" />
    </div>
  );
}
