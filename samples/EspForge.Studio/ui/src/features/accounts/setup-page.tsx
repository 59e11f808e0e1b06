import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { signIn } from "@/api/client";
import { ApiError } from "@/api/error";
import type { Bootstrap } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { CredentialsFrame } from "@/features/accounts/credentials-frame";

/** The first visit: whoever runs the server makes the first account. */
export function SetupPage({ bootstrap }: { bootstrap: Bootstrap }) {
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const [setupCode, setSetupCode] = useState("");
  const create = useMutation({
    mutationFn: () =>
      signIn("bootstrap", {
        email,
        password,
        ...(displayName.trim() !== "" ? { displayName: displayName.trim() } : {}),
        ...(bootstrap.needsSetupCode ? { setupCode: setupCode.trim() } : {}),
      }),
    meta: { inline: true },
    onSettled: () => void client.invalidateQueries({ queryKey: ["bootstrap"] }),
  });
  const error = create.error instanceof ApiError ? create.error : null;
  return (
    <CredentialsFrame
      title="Set up the administrator"
      about="This server has no account yet. The first one administers the organization and can add others."
      footer={<span className="num">{bootstrap.version}</span>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Field label="Email" error={error?.field("email")}>
          {(field) => <Input {...field} type="email" autoComplete="username" required autoFocus value={email} onChange={(e) => setEmail(e.target.value)} />}
        </Field>
        <Field label="Name" hint="Shown beside what you do. Optional.">
          {(field) => <Input {...field} autoComplete="name" value={displayName} maxLength={80} onChange={(e) => setDisplayName(e.target.value)} />}
        </Field>
        <Field label="Password" hint="At least 12 characters; several unrelated words are good." error={error?.field("password")}>
          {(field) => <Input {...field} type="password" autoComplete="new-password" required minLength={12} value={password} onChange={(e) => setPassword(e.target.value)} />}
        </Field>
        {bootstrap.needsSetupCode && (
          <Field label="Set-up code" hint="It is on the console of the host." error={error?.field("setupCode")}>
            {(field) => <Input {...field} className="font-mono" autoComplete="off" required value={setupCode} onChange={(e) => setSetupCode(e.target.value)} />}
          </Field>
        )}
        {create.isError && <ErrorPanel error={create.error} />}
        <Button type="submit" className="h-10" disabled={create.isPending}>
          {create.isPending ? "Creating …" : "Create the administrator"}
        </Button>
      </form>
    </CredentialsFrame>
  );
}
