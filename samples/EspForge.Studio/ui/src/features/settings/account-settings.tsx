import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { ApiError } from "@/api/error";
import { ErrorPanel, Facts } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useChangePassword } from "@/features/settings/queries";
import { useUser } from "@/lib/hooks";
import { setTheme, useTheme, type Theme } from "@/lib/theme";

const THEMES: [Theme, string, typeof Sun][] = [
  ["system", "As the system", Monitor],
  ["dark", "Dark", Moon],
  ["light", "Light", Sun],
];

export function AccountSettings() {
  const user = useUser();
  const theme = useTheme();
  const change = useChangePassword();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const error = change.error instanceof ApiError ? change.error : null;
  return (
    <div className="grid grid-cols-2 gap-4 max-lg:grid-cols-1">
      <Card title="You">
        <Facts
          items={[
            ["Name", user.displayName ?? "–"],
            ["Email", <span className="num">{user.email}</span>],
            ["Organization", user.organization],
            ["Role", user.role],
          ]}
        />
        <h3 className="mt-4 mb-1.5 text-sm font-medium">What you may do</h3>
        <ul className="flex flex-wrap gap-1">
          {user.permissions.map((permission) => (
            <li key={permission} className="num rounded-md border px-1.5 text-xs text-muted-foreground">
              {permission}
            </li>
          ))}
        </ul>
      </Card>
      <div className="flex flex-col gap-4">
        <Card title="Theme">
          <div role="radiogroup" aria-label="Theme" className="flex flex-wrap gap-2">
            {THEMES.map(([value, word, Icon]) => (
              <Button key={value} variant={theme === value ? "outline" : "ghost"} role="radio" aria-checked={theme === value} className={theme === value ? "border-foreground" : ""} onClick={() => setTheme(value)}>
                <Icon /> {word}
              </Button>
            ))}
          </div>
        </Card>
        <Card title="Password">
          <form
            className="flex flex-col gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              change.mutate(
                { currentPassword: current, newPassword: next },
                {
                  onSuccess: () => {
                    setCurrent("");
                    setNext("");
                    toast.success("Password changed", { description: "Other sessions of yours were ended." });
                  },
                },
              );
            }}
          >
            <input type="text" autoComplete="username" value={user.email} readOnly hidden />
            <Field label="Current password" error={error?.field("currentPassword")}>
              {(field) => <Input {...field} type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.target.value)} />}
            </Field>
            <Field label="New password" hint="At least 12 characters." error={error?.field("newPassword") ?? error?.field("password")}>
              {(field) => <Input {...field} type="password" autoComplete="new-password" required minLength={12} value={next} onChange={(event) => setNext(event.target.value)} />}
            </Field>
            {change.isError && <ErrorPanel error={change.error} />}
            <Button type="submit" variant="outline" className="self-start" disabled={change.isPending}>
              Change password
            </Button>
          </form>
        </Card>
      </div>
    </div>
  );
}
