using System.Collections.Concurrent;
using System.Security.Cryptography;
using EspForge.Build;
using EspForge.Ota;

namespace EspForge.Studio.Tests.Builds;

/// <summary>Waits at a gate, leaves a process behind in the sandbox, and makes a small image.</summary>
internal sealed class GatedToolchain : IToolchain
{
    private int _now;

    public string Folder { get; } = Directory.CreateTempSubdirectory("espforge-queue-").FullName;

    public string Marker { get; } = $"99{Random.Shared.Next(100_000, 999_999)}";

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Begun { get; } = new();

    public IReadOnlyList<FlashPart> Parts { get; set; } = [];

    public int MostAtOnce { get; private set; }

    public string Name => "host";

    public string Title => "Gated";

    public Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<Outcome<ToolchainStatus>>(new ToolchainStatus(Name, $"gated {Marker}", "x86_64"));

    public async Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        Begun.Enqueue(job.Request.Version);
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        try
        {
            await Gate.Task.WaitAsync(cancellationToken);
            var ran = await job.RunAsync(new SandboxCommand("/bin/sh", ["-c", $"sleep {Marker} & exit 0"]), cancellationToken);
            if (!ran.TryGet(out _, out var fault))
                return fault;
            job.Memory = new BuildMemory(1000, null, null, null, 2000);
            foreach (var part in Parts)
                job.FlashParts.Add(part);
            var elf = new byte[1024];
            "\u007FELF"u8.CopyTo(elf);
            var image = EspForge.Ota.HostImage.Pack(new HostImageHeader(job.Request.ProjectName, job.Request.Version, job.Request.Chip, "x86_64", "0.1.0"), elf);
            return new BuiltImage
            {
                Content = image,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(image)),
                Format = "host",
                ProjectName = job.Request.ProjectName,
                Version = job.Request.Version,
                Chip = job.Request.Chip,
                AgentVersion = "0.1.0",
            };
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }
}
