using System.Net;
using System.Text.Json;

namespace EspForge.Studio.Tests.Builds;

[Collection(SharedStudioCollection.Name)]
public sealed class ToolchainTests(SharedStudio studio)
{
    [Fact]
    public async Task What_is_installed_is_told_with_what_is_missing_and_how_to_get_it()
    {
        var list = (await studio.Viewer.GetAsync("toolchains")).Data.EnumerateArray().ToDictionary(one => one.GetProperty("id").GetString()!, one => one);
        Assert.Superset(new HashSet<string>(["host", "sandbox", "language-server"]), list.Keys.ToHashSet());
        Assert.True(list["host"].GetProperty("ready").GetBoolean(), list["host"].ToString());
        Assert.NotEqual("", list["host"].GetProperty("versions").GetString());
        foreach (var one in list.Values)
        {
            Assert.NotEqual("", one.GetProperty("title").GetString());
            Assert.False(one.GetProperty("installing").GetBoolean() || one.GetProperty("canInstall").GetBoolean());
            foreach (var need in one.GetProperty("missing").EnumerateArray())
                Assert.True(need.GetProperty("what").GetString()!.Length > 0 && need.GetProperty("why").GetString()!.Length > 0 && need.TryGetProperty("command", out _));
        }
    }

    [Fact]
    public async Task Where_nothing_may_be_installed_asking_for_it_tells_the_command()
    {
        var refused = await studio.Admin.PostAsync("toolchains/language-server/install");
        Assert.Equal((HttpStatusCode.Forbidden, "INSTALL_NOT_ALLOWED"), (refused.Status, refused.Code));
        Assert.Contains("clangd", refused.Message, StringComparison.Ordinal);
        Assert.Equal("TOOLCHAIN_NOT_FOUND", (await studio.Admin.PostAsync("toolchains/rust/install")).Code);
        Assert.Equal((HttpStatusCode.Conflict, "INSTALL_STATE"), ((await studio.Admin.PostAsync("toolchains/host/install/cancel")).Status, (await studio.Admin.PostAsync("toolchains/host/install/cancel")).Code));
        Assert.Equal("INSTALL_NOT_FOUND", (await studio.Viewer.GetAsync("toolchains/host/install/log")).Code);
        Assert.Equal("FORBIDDEN", (await studio.Developer.PostAsync("toolchains/language-server/install")).Code);
        Assert.Empty((await studio.Admin.GetAsync("audit?action=toolchain.install")).Data.EnumerateArray());
    }
}
