import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/error";
import { boards, products } from "@/api/queries";
import { CommandLine } from "@/components/copyable";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { useRegister } from "@/features/devices/queries";

/** For devices whose key is flashed: the key is shown once and never again. */
export function RegisterDialog({ onClose }: { onClose: () => void }) {
  const allBoards = useQuery(boards()).data ?? [];
  const known = useQuery(products()).data ?? [];
  const [deviceId, setDeviceId] = useState("");
  const [product, setProduct] = useState("");
  const [board, setBoard] = useState("");
  const register = useRegister();
  const error = register.error instanceof ApiError ? register.error : null;
  const chip = allBoards.find((candidate) => candidate.id === board)?.chip ?? "";
  const badId = deviceId !== "" && !/^[a-z0-9_-]{3,64}$/.test(deviceId) ? "3 to 64 of a-z, 0-9, - and _." : undefined;
  const made = register.data;

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      {made ? (
        <DialogContent title={`${made.device.deviceId} is registered`} description="Flash these two now: they are not kept in clear and cannot be shown again.">
          <DialogBody>
            <div>
              <p className="mb-1 text-sm font-medium">Device key</p>
              <CommandLine text={made.deviceKey} what="device key" />
            </div>
            <div>
              <p className="mb-1 text-sm font-medium">Command secret</p>
              <CommandLine text={made.commandSecret} what="command secret" />
            </div>
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>I have kept them</Button>
          </DialogFooter>
        </DialogContent>
      ) : (
        <DialogContent title="Register a device up front" description="For devices that get their key with the first flash. To bring in one that runs already, claim it.">
          <form
            className="flex min-h-0 flex-col"
            onSubmit={(event) => {
              event.preventDefault();
              if (!badId && chip !== "") register.mutate({ deviceId, product, chip, board });
            }}
          >
            <DialogBody>
              <Field label="Device id" error={badId ?? error?.field("deviceId")}>
                {(field) => <Input {...field} className="font-mono" required autoFocus value={deviceId} onChange={(event) => setDeviceId(event.target.value.toLowerCase())} />}
              </Field>
              <Field label="Product" error={error?.field("product")}>
                {(field) => (
                  <>
                    <Input {...field} className="font-mono" required list="known-products" value={product} onChange={(event) => setProduct(event.target.value)} />
                    <datalist id="known-products">
                      {known.map((entry) => (
                        <option key={entry.product} value={entry.product} />
                      ))}
                    </datalist>
                  </>
                )}
              </Field>
              <Field label="Board" hint={chip ? `Chip: ${chip}` : undefined}>
                {(field) => (
                  <Select {...field} required value={board} onChange={(event) => setBoard(event.target.value)}>
                    <option value="">Choose</option>
                    {allBoards.map((candidate) => (
                      <option key={candidate.id} value={candidate.id}>
                        {candidate.name} ({candidate.chipName})
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              {register.isError && <ErrorPanel error={register.error} />}
            </DialogBody>
            <DialogFooter>
              <Button variant="ghost" onClick={onClose}>
                Not now
              </Button>
              <Button type="submit" disabled={register.isPending || Boolean(badId)}>
                Register
              </Button>
            </DialogFooter>
          </form>
        </DialogContent>
      )}
    </Dialog>
  );
}
