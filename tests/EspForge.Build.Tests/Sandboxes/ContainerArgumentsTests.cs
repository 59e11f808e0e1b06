using System.Text.Json;

namespace EspForge.Build.Tests.Sandboxes;

/// <summary>The exact words to docker, podman and runc: their daemons may be missing where these tests run.</summary>
public sealed class ContainerArgumentsTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly SandboxView _view = new("/srv/job", [new SandboxMount("/srv/a,b", "library"), new SandboxMount("/srv/cache", "cache") { IsWritable = true }])
    {
        Limits = new SandboxLimits(60, 1_000_000_000, 2_000_000) { Processes = 100, JobMemoryBytes = 3_000_000_000 },
    };

    private readonly SandboxCommand _command = new("cc", ["-o", "a b"]) { Environment = new Dictionary<string, string> { ["X"] = "y" } };

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Docker_gets_no_network_a_read_only_root_no_capabilities_and_limits()
    {
        var line = DockerArguments.Run("docker", "n", "h", "image", _view, _command, 1_700_000_000);
        Assert.Equal(
            "run --rm --interactive --init --name n --label espforge.host=h --pull never --read-only --network none --ipc private --cap-drop ALL --security-opt no-new-privileges --memory 3000000000 --memory-swap 3000000000 "
            + "--pids-limit 100 --ulimit cpu=60 --ulimit fsize=2000000 --ulimit nofile=1024 --ulimit core=0 --shm-size 67108864 --tmpfs /tmp:rw,nosuid,nodev,exec,mode=1777,size=268435456 --hostname build "
            + "--user 1700000000:1700000000 --env PATH=/usr/local/bin:/usr/bin:/bin --env LC_ALL=C --env HOME=/tmp --env TMPDIR=/tmp --env X=y --mount type=bind,source=/srv/job,target=/espforge/job "
            + "--mount type=bind,\"source=/srv/a,b\",target=/espforge/library,readonly --mount type=bind,source=/srv/cache,target=/espforge/cache --workdir /espforge/job --entrypoint  image "
            + "prlimit --as=1000000000 cc -o a b",
            string.Join(' ', line));
        Assert.Equal("a b", line[^1]);
        Assert.DoesNotContain("--privileged", line);
    }

    [Fact]
    public void Podman_without_root_keeps_the_hosts_user()
    {
        var line = string.Join(' ', DockerArguments.Run("podman", "n", "h", "image", _view, _command, 0));
        Assert.Contains("--userns keep-id", line, StringComparison.Ordinal);
        Assert.DoesNotContain("--user ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dependency_step_has_network_and_everything_else_as_before()
    {
        var line = string.Join(' ', DockerArguments.Run("docker", "n", "h", "image", _view with { HasNetwork = true }, _command, 5));
        Assert.Contains("--network host", line, StringComparison.Ordinal);
        Assert.Contains("--cap-drop ALL --security-opt no-new-privileges", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Runc_gets_the_same()
    {
        RuncBundle.Write(_place.Root, null, "n", _view, _command, 1_700_000_000);
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(_place.Root, "config.json")));
        var root = config.RootElement;
        Assert.True(root.GetProperty("root").GetProperty("readonly").GetBoolean());
        var process = root.GetProperty("process");
        Assert.True(process.GetProperty("noNewPrivileges").GetBoolean());
        Assert.Equal(1_700_000_000u, process.GetProperty("user").GetProperty("uid").GetUInt32());
        Assert.All(process.GetProperty("capabilities").EnumerateObject(), set => Assert.Equal(0, set.Value.GetArrayLength()));
        Assert.Equal(["cc", "-o", "a b"], process.GetProperty("args").EnumerateArray().Select(word => word.GetString()));
        var linux = root.GetProperty("linux");
        Assert.Equal(["pid", "ipc", "mount", "network", "uts"], linux.GetProperty("namespaces").EnumerateArray().Select(one => one.GetProperty("type").GetString()));
        Assert.Equal(3_000_000_000, linux.GetProperty("resources").GetProperty("memory").GetProperty("limit").GetInt64());
        Assert.Equal(108, linux.GetProperty("resources").GetProperty("pids").GetProperty("limit").GetInt64());
        var mounts = root.GetProperty("mounts").EnumerateArray().ToDictionary(mount => mount.GetProperty("destination").GetString()!, mount => mount.TryGetProperty("options", out var options) ? options.ToString() : "");
        Assert.Contains("\"ro\"", mounts["/usr"], StringComparison.Ordinal);
        Assert.Contains("\"ro\"", mounts["/espforge/library"], StringComparison.Ordinal);
        Assert.Contains("\"rw\"", mounts["/espforge/job"], StringComparison.Ordinal);
        Assert.DoesNotContain("/etc/passwd", mounts.Keys);
    }
}
