import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import { ApiError } from "@/api/error";
import type { Image } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { useCreateRelease } from "@/features/releases/queries";
import { bytes } from "@/lib/format";
import { parseVersion } from "@/lib/semver";

interface ReleaseDialogProps {
  /** The image to release, or those to choose from. */
  image?: Image | undefined;
  images?: Image[];
  product?: string | undefined;
  onClose: () => void;
}

/** Signs an image: from then on devices of the product accept it. */
export function ReleaseDialog({ image: given, images = [], product: givenProduct, onClose }: ReleaseDialogProps) {
  const navigate = useNavigate();
  const [sha, setSha] = useState(given?.sha256 ?? images[0]?.sha256 ?? "");
  const image = given ?? images.find((candidate) => candidate.sha256 === sha);
  const [product, setProduct] = useState(givenProduct ?? "");
  const [notes, setNotes] = useState("");
  const [minimumVersion, setMinimumVersion] = useState("");
  const [validDays, setValidDays] = useState("");
  const create = useCreateRelease();
  const error = create.error instanceof ApiError ? create.error : null;
  const badMinimum = minimumVersion !== "" && parseVersion(minimumVersion) === null ? "A version looks like 1.4.0 or 2.0.0-rc.1." : undefined;
  const days = Number(validDays);
  const badDays = validDays !== "" && (!Number.isInteger(days) || days < 1 || days > 3650) ? "1 to 3650 days." : undefined;

  const submit = () => {
    if (!image || badMinimum || badDays) return;
    create.mutate(
      {
        imageSha256: image.sha256,
        product: product || image.project,
        ...(notes.trim() ? { notes: notes.trim() } : {}),
        ...(minimumVersion ? { minimumVersion } : {}),
        ...(validDays ? { validDays: days } : {}),
      },
      {
        onSuccess: (release) => {
          toast.success(`${release.product} ${release.version} is released`, { description: `sequence ${release.sequence}, signed by ${release.keyId.slice(0, 12)}` });
          onClose();
          void navigate({ to: "/releases/$releaseId", params: { releaseId: release.id } });
        },
      },
    );
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Release an image" description="The manifest is signed here. No device is touched until you roll it out.">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody>
            {given ? (
              <p className="flex flex-wrap items-baseline gap-x-3 rounded-md border bg-background px-3 py-2 text-sm">
                <span className="num font-medium">{given.version}</span>
                <span className="num text-muted-foreground">
                  {given.chip} · {bytes(given.sizeBytes)} · {given.sha256.slice(0, 12)}
                </span>
              </p>
            ) : (
              <Field label="Image" hint={images.length === 0 ? "There is no image yet: build a project first." : undefined}>
                {(field) => (
                  <Select {...field} value={sha} onChange={(event) => setSha(event.target.value)} required>
                    {images.map((candidate) => (
                      <option key={candidate.sha256} value={candidate.sha256}>
                        {candidate.project} {candidate.version} · {candidate.chip} · {bytes(candidate.sizeBytes)}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            )}
            <Field label="Product" hint="Devices of this product and chip can take the release." error={error?.field("product")}>
              {(field) => <Input {...field} className="font-mono" placeholder={image?.project} value={product} onChange={(event) => setProduct(event.target.value)} />}
            </Field>
            <Field label="Notes" hint="What changed, for the people who will read it later.">
              {(field) => <Textarea {...field} rows={3} maxLength={4000} value={notes} onChange={(event) => setNotes(event.target.value)} />}
            </Field>
            <details>
              <summary className="text-sm text-muted-foreground pointer-coarse:py-2.5">More conditions</summary>
              <div className="mt-3 grid grid-cols-2 gap-3 max-sm:grid-cols-1">
                <Field label="Lowest version to update from" hint="Older devices refuse it." error={badMinimum ?? error?.field("minimumVersion")}>
                  {(field) => <Input {...field} className="font-mono" placeholder="any" value={minimumVersion} onChange={(event) => setMinimumVersion(event.target.value)} />}
                </Field>
                <Field label="Valid for" hint="Days until devices refuse the manifest." error={badDays ?? error?.field("validDays")}>
                  {(field) => <Input {...field} className="font-mono" inputMode="numeric" placeholder="as the server sets" value={validDays} onChange={(event) => setValidDays(event.target.value)} />}
                </Field>
              </div>
            </details>
            {create.isError && <ErrorPanel error={create.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={!image || create.isPending}>
              {create.isPending ? "Signing …" : "Sign and release"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
