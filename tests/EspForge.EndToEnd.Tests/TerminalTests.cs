using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EspForge.EndToEnd.Tests;

/// <summary>The main job from a terminal: the real command line, as a process, against a real host.</summary>
public class TerminalTests
{
    [Fact]
    public async Task A_pipeline_builds_releases_and_rolls_out_with_exit_codes_to_rely_on()
    {
        await using var studio = await StudioProcess.StartAsync();
        var story = new Story(studio);
        await story.CreateProjectAsync();
        using var shell = new Shell();
        var address = studio.Address.AbsoluteUri;

        // Nobody is signed in: unusable, and nothing of a key is in the file afterwards but the key itself, for the user alone.
        Assert.Equal(2, (await shell.RunAsync("devices", "list")).ExitCode);
        Assert.Equal(1, (await shell.RunAsync(["login", "--server", address, "--email", ApiClient.Email], "not the password")).ExitCode);
        var signedIn = await shell.RunAsync(["login", "--server", address, "--email", ApiClient.Email], ApiClient.Password);
        Assert.True(signedIn.ExitCode == 0, signedIn.ToString());
        Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(shell.Credentials) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var key = (string)JsonNode.Parse(await File.ReadAllTextAsync(shell.Credentials))!["key"]!;
        Assert.StartsWith("efk_", key, StringComparison.Ordinal);
        Assert.DoesNotContain(key, signedIn.ToString(), StringComparison.Ordinal);

        // A plan with errors, a project that is not there, a version that is none.
        Assert.Equal(1, (await shell.RunAsync("build", "No such project", "--version", "1.0.0")).ExitCode);
        var badVersion = await shell.RunAsync("build", story.Product, "--version", "one");
        Assert.Equal(1, badVersion.ExitCode);
        Assert.Contains("SemVer", badVersion.Error, StringComparison.Ordinal);

        var image = Path.Combine(shell.Folder, "lamp.efi");
        var built = await shell.RunAsync("build", "Garden lamp", "--version", "1.0.0", "-o", image, "--json");
        Assert.True(built.ExitCode == 0, built.ToString());
        var sha256 = (string)JsonNode.Parse(built.Output)!["image"]!["sha256"]!;
        Assert.Contains("Built", built.Error, StringComparison.Ordinal);
        Assert.Contains(sha256, (await shell.RunAsync("image", "inspect", image)).Output, StringComparison.Ordinal);

        // What another CI built comes by push; a damaged file does not leave this machine, and pushing twice is pushing once.
        var pushed = await shell.RunAsync("push", image, "--json");
        Assert.True(pushed.ExitCode == 0, pushed.ToString());
        Assert.Equal(sha256, (string)JsonNode.Parse(pushed.Output)!["sha256"]!);
        var damaged = Path.Combine(shell.Folder, "damaged.efi");
        var bytes = await File.ReadAllBytesAsync(image);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes);
        Assert.Equal(1, (await shell.RunAsync("push", damaged)).ExitCode);
        Assert.Equal(2, (await shell.RunAsync("push", Path.Combine(shell.Folder, "missing.efi"))).ExitCode);
        Assert.Single((await story.Api.GetAsync("images")).AsArray());

        var released = await shell.RunAsync("release", "create", image, "--product", story.Product, "--notes", "From a terminal", "--json");
        Assert.True(released.ExitCode == 0, released.ToString());
        Assert.Equal(1, (await shell.RunAsync("release", "create", sha256, "--product", story.Product)).ExitCode);
        Assert.Contains("1.0.0", (await shell.RunAsync("release", "list", "--product", story.Product)).Output, StringComparison.Ordinal);

        // No device yet: there is nobody to roll out to.
        Assert.Equal(1, (await shell.RunAsync("rollout", "start", $"{story.Product}@1.0.0")).ExitCode);
        await story.AddVirtualDevicesAsync(4);
        var rolled = await shell.RunAsync("rollout", "start", $"{story.Product}@1.0.0", "--stages", "25,100", "--soak", "1", "--maximum-failure-rate", "0.05", "--watch", "--timeout", "200");
        Assert.True(rolled.ExitCode == 0, rolled.ToString());
        Assert.Contains("4 of 4 confirmed", rolled.Output, StringComparison.Ordinal);
        var devices = JsonNode.Parse((await shell.RunAsync("devices", "list", "--product", story.Product, "--json")).Output)!.AsArray();
        Assert.Equal(4, devices.Count);
        Assert.Contains((string)devices[0]!["deviceId"]!, (await shell.RunAsync("devices", "show", (string)devices[0]!["deviceId"]!)).Output, StringComparison.Ordinal);
        Assert.Contains("signs", (await shell.RunAsync("keys", "list")).Output, StringComparison.Ordinal);

        // A rollout that a person stops is not completed, and says why.
        await story.EditAsync(source => source + "\n/* next */\n");
        Assert.Equal(0, (await shell.RunAsync("build", story.ProjectId, "--version", "1.1.0", "--quiet", "-o", image)).ExitCode);
        Assert.Equal(0, (await shell.RunAsync("release", "create", image, "--product", story.Product)).ExitCode);
        var started = await shell.RunAsync("rollout", "start", $"{story.Product}@1.1.0", "--stages", "25,100", "--soak", "600", "--json");
        var id = (string)JsonNode.Parse(started.Output)!["id"]!;
        Assert.Equal(3, (await shell.RunAsync("rollout", "watch", id, "--timeout", "1")).ExitCode);
        Assert.Equal(0, (await shell.RunAsync("rollout", "pause", id, "--reason", "Lunch")).ExitCode);
        var watched = await shell.RunAsync("rollout", "watch", id);
        Assert.Equal(1, watched.ExitCode);
        Assert.Contains("paused", watched.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await shell.RunAsync("rollout", "resume", id)).ExitCode);
        Assert.Equal(0, (await shell.RunAsync("rollout", "rollback", id, "--to", $"{story.Product}@1.0.0", "--reason", "Too bright")).ExitCode);
        Assert.Contains("rolledBack", (await shell.RunAsync("rollout", "list")).Output, StringComparison.Ordinal);

        // The key did all this, under its own name in the audit log, and once revoked it opens nothing.
        var keys = (await story.Api.GetAsync("api-keys")).AsArray();
        var mine = Assert.Single(keys)!;
        var actors = (await story.Api.GetAsync("audit?action=release.create")).AsArray().Select(entry => (string)entry!["actor"]!).Distinct(StringComparer.Ordinal);
        Assert.Equal([$"key:{mine["id"]}"], actors);
        using (var revoked = await story.Api.Http.DeleteAsync($"api-keys/{mine["id"]}"))
            Assert.Equal(204, (int)revoked.StatusCode);
        var refused = await shell.RunAsync("devices", "list");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("login", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await shell.RunAsync("logout")).ExitCode);
        Assert.False(File.Exists(shell.Credentials));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be_worth_another_try_and_a_key_never_goes_in_the_clear()
    {
        using var shell = new Shell();
        shell.Variables["ESPFORGE_API_KEY"] = "efk_0123456789012345678901234567890123456789012";
        shell.Variables["ESPFORGE_SERVER"] = "http://127.0.0.1:9";
        var away = await shell.RunAsync("devices", "list");
        Assert.Equal(3, away.ExitCode);
        Assert.Contains("cannot be reached", away.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("efk_", away.ToString(), StringComparison.Ordinal);
        var open = await shell.RunAsync("devices", "list", "--server", "http://studio.example.com");
        Assert.Equal(2, open.ExitCode);
        Assert.Contains("https", open.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await shell.RunAsync("rollout", "start", "lamp@1.0.0", "--stages", "50,20")).ExitCode);
    }

    private sealed record Ran(int ExitCode, string Output, string Error);

    /// <summary>A user's shell: a folder, an environment, and no memory but the file of credentials.</summary>
    private sealed class Shell : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("espforge-shell-").FullName;

        public string Credentials => Path.Combine(Folder, "config", "credentials.json");

        public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

        public Task<Ran> RunAsync(params string[] arguments) => RunAsync(arguments, input: null);

        public async Task<Ran> RunAsync(string[] arguments, string? input)
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "espforge.dll"), .. arguments])
            {
                WorkingDirectory = Folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["ESPFORGE_CREDENTIALS"] = Credentials;
            foreach (var (name, value) in Variables)
                start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (input is not null)
                await process.StandardInput.WriteLineAsync(input);
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException late)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"espforge {string.Join(' ', arguments)} did not end: {await error}", late);
            }

            return new Ran(process.ExitCode, await output, await error);
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
