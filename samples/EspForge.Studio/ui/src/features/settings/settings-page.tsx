import { useNavigate, useSearch } from "@tanstack/react-router";
import { Page, PageHeader } from "@/components/page";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { AccountSettings } from "@/features/settings/account-settings";
import { ApiKeysSettings } from "@/features/settings/api-keys-settings";
import { FleetSettings } from "@/features/settings/fleet-settings";
import { SystemSettings } from "@/features/settings/system-settings";
import { ToolchainsSettings } from "@/features/settings/toolchains-settings";
import { UsersSettings } from "@/features/settings/users-settings";

type Tab = "account" | "users" | "api-keys" | "toolchains" | "fleet" | "system";

export function SettingsPage() {
  const search = useSearch({ from: "/settings" });
  const navigate = useNavigate({ from: "/settings" });
  return (
    <Page>
      <PageHeader title="Settings" />
      <Tabs value={search.tab ?? "account"} onValueChange={(tab) => void navigate({ search: { tab: tab as Tab }, replace: true })}>
        <TabsList className="overflow-x-auto">
          <TabsTrigger value="account">Account</TabsTrigger>
          <TabsTrigger value="users">Users</TabsTrigger>
          <TabsTrigger value="api-keys">API keys</TabsTrigger>
          <TabsTrigger value="toolchains">Toolchains</TabsTrigger>
          <TabsTrigger value="fleet">Virtual fleet</TabsTrigger>
          <TabsTrigger value="system">System</TabsTrigger>
        </TabsList>
        <TabsContent value="account" className="pt-4">
          <AccountSettings />
        </TabsContent>
        <TabsContent value="users" className="pt-4">
          <UsersSettings search={search} onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })} />
        </TabsContent>
        <TabsContent value="api-keys" className="pt-4">
          <ApiKeysSettings search={search} onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })} />
        </TabsContent>
        <TabsContent value="toolchains" className="pt-4">
          <ToolchainsSettings />
        </TabsContent>
        <TabsContent value="fleet" className="pt-4">
          <FleetSettings />
        </TabsContent>
        <TabsContent value="system" className="pt-4">
          <SystemSettings />
        </TabsContent>
      </Tabs>
    </Page>
  );
}
