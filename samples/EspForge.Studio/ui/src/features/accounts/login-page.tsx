import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { signIn } from "@/api/client";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { CredentialsFrame } from "@/features/accounts/credentials-frame";

export function LoginPage({ version, ended }: { version: string; ended: boolean }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({ mutationFn: () => signIn("auth/login", { email, password }), meta: { inline: true } });
  return (
    <CredentialsFrame
      title="Sign in"
      about={ended ? "Your session has ended. Sign in again; this page stays where it was." : "Use the account an administrator of your organization made for you."}
      footer={<span className="num">{version}</span>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate();
        }}
      >
        <Field label="Email">
          {(field) => <Input {...field} type="email" autoComplete="username" required autoFocus value={email} onChange={(e) => setEmail(e.target.value)} />}
        </Field>
        <Field label="Password">
          {(field) => <Input {...field} type="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} />}
        </Field>
        {login.isError && <ErrorPanel error={login.error} />}
        <Button type="submit" className="h-10" disabled={login.isPending}>
          {login.isPending ? "Signing in …" : "Sign in"}
        </Button>
      </form>
    </CredentialsFrame>
  );
}
