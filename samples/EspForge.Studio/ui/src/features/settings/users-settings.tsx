import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { ApiError } from "@/api/error";
import { users } from "@/api/queries";
import type { Role, User } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { DataTable, LEAD, type Column } from "@/components/data-table";
import { Empty, ErrorPanel } from "@/components/page";
import { Status } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { TableSkeleton } from "@/components/ui/skeleton";
import { useAddUser, useChangeUser } from "@/features/settings/queries";
import { useMay, useUser } from "@/lib/hooks";
import type { TableSearch } from "@/lib/table-search";

const ROLES: [Role, string][] = [
  ["viewer", "sees everything but the audit log, changes nothing"],
  ["developer", "does everything but manage users"],
  ["admin", "does everything"],
];

interface UsersSettingsProps {
  search: TableSearch;
  onSearch: (change: Partial<TableSearch>) => void;
}

export function UsersSettings({ search, onSearch }: UsersSettingsProps) {
  const may = useMay("users.manage");
  const me = useUser();
  const query = useQuery({ ...users(), enabled: may.allowed });
  const change = useChangeUser();
  const [adding, setAdding] = useState(false);
  const [disabling, setDisabling] = useState<User | null>(null);

  if (!may.allowed) {
    return (
      <Empty icon={UserPlus} title="Users are managed by administrators">
        {may.reason}
      </Empty>
    );
  }
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <TableSkeleton rows={3} />;

  const columns: Column<User>[] = [
    {
      id: "name",
      header: "Name",
      show: "always",
      className: LEAD,
      cell: (user) => (
        <>
          <span className="font-medium">{user.displayName ?? user.email}</span>
          {user.displayName && <span className="num caption block break-all md:hidden">{user.email}</span>}
          {user.disabled && <Status kind="silent" word="disabled" className="text-xs md:hidden" />}
        </>
      ),
      sort: (user) => user.displayName ?? user.email,
      text: (user) => user.displayName,
    },
    { id: "email", header: "Email", show: "wide", cell: (user) => <span className="num">{user.email}</span>, sort: (user) => user.email, text: (user) => user.email },
    {
      id: "role",
      header: "Role",
      show: "always",
      cell: (user) => (
        <Select
          aria-label={`Role of ${user.email}`}
          className="h-7 w-32 max-md:w-28 pointer-coarse:h-10"
          value={user.role}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ id: user.id, role: event.target.value as Role }, { onSuccess: (changed) => toast.success(`${changed.email} is ${changed.role} now`) })}
        >
          {ROLES.map(([role]) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </Select>
      ),
      sort: (user) => user.role,
      text: (user) => user.role,
    },
    { id: "state", header: "State", show: "wide", cell: (user) => (user.disabled ? <Status kind="silent" word="disabled" /> : <Status kind="confirmed" word="active" />), sort: (user) => (user.disabled ? 1 : 0) },
    {
      id: "do",
      header: "Access",
      quiet: true,
      align: "right",
      show: "always",
      cell: (user) =>
        user.id === me.id ? (
          <span className="caption">you</span>
        ) : user.disabled ? (
          <Button variant="ghost" size="sm" onClick={() => change.mutate({ id: user.id, disabled: false })}>
            Enable
          </Button>
        ) : (
          <Button variant="ghost" size="sm" onClick={() => setDisabling(user)}>
            Disable
          </Button>
        ),
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      <div className="flex justify-end">
        <AllowedButton needs="users.manage" onClick={() => setAdding(true)}>
          <UserPlus /> Add a user
        </AllowedButton>
      </div>
      <DataTable label="Users" columns={columns} rows={query.data} rowKey={(user) => user.id} search={search} onSearch={onSearch} empty={null} />
      {adding && <AddUserDialog onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={disabling !== null}
        onClose={() => setDisabling(null)}
        title={`Disable ${disabling?.email ?? ""}`}
        confirm="Disable 1 account"
        onConfirm={() => change.mutateAsync({ id: disabling?.id ?? "", disabled: true })}
      >
        <p>Sessions of this account end and it cannot sign in. What it did stays in the audit log; it can be enabled again.</p>
      </ConfirmDialog>
    </div>
  );
}

function AddUserDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const add = useAddUser();
  const error = add.error instanceof ApiError ? add.error : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Add a user" description="Give them the first password yourself; they can change it under Account.">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate({ email, password, role, ...(displayName.trim() ? { displayName: displayName.trim() } : {}) }, { onSuccess: onClose });
          }}
        >
          <DialogBody>
            <Field label="Email" error={error?.field("email")}>
              {(field) => <Input {...field} type="email" required autoFocus autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />}
            </Field>
            <Field label="Name">{(field) => <Input {...field} maxLength={80} autoComplete="off" value={displayName} onChange={(event) => setDisplayName(event.target.value)} />}</Field>
            <Field label="First password" hint="At least 12 characters." error={error?.field("password")}>
              {(field) => <Input {...field} type="password" required minLength={12} autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />}
            </Field>
            <Field label="Role" hint={ROLES.find(([value]) => value === role)?.[1]}>
              {(field) => (
                <Select {...field} value={role} onChange={(event) => setRole(event.target.value as Role)}>
                  {ROLES.map(([value]) => (
                    <option key={value} value={value}>
                      {value}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {add.isError && <ErrorPanel error={add.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={add.isPending}>
              Add
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
