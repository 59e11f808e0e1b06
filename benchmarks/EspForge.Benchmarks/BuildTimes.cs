using System.Diagnostics;
using System.Globalization;
using EspForge.Build;
using Microsoft.Extensions.Options;

namespace EspForge.Benchmarks;

/// <summary>Times of builds on this machine: <c>dotnet run -c Release --project benchmarks/EspForge.Benchmarks -- builds [N]</c>.</summary>
internal static class BuildTimes
{
    private static readonly BuildRequest Blink = new()
    {
        ProjectName = "blink",
        Version = "1.0.0",
        Chip = "esp32c3",
        Files = [ProjectFile.FromText("main.c", "#include \"espforge/app.h\"\nvoid ef_app_setup(ef_app *app) { ef_app_log(app, \"up\"); }\nvoid ef_app_loop(ef_app *app, int64_t now_ms) { (void)app; (void)now_ms; }\n")],
    };

    public static async Task PrintAsync(int rounds)
    {
        var root = Directory.CreateTempSubdirectory("espforge-times-").FullName;
        try
        {
            var options = new BuildOptions { WorkDirectory = Path.Combine(root, "work"), CacheDirectory = Path.Combine(root, "cache") };
            var builder = FirmwareBuilder.CreateHost(options);
            var first = Stopwatch.GetTimestamp();
            await BuildAsync(builder, Blink);
            Print("first build ever (the agent is compiled too)", [Stopwatch.GetElapsedTime(first)]);
            List<TimeSpan> firstLines = [], firstToolLines = [], builds = [], cached = [];
            for (var i = 0; i < rounds; i++)
            {
                var timed = new FirstLine();
                var began = Stopwatch.GetTimestamp();
                await BuildAsync(builder, Blink with { Version = string.Create(CultureInfo.InvariantCulture, $"1.{i}.1") }, timed);
                builds.Add(Stopwatch.GetElapsedTime(began));
                firstLines.Add(timed.Any!.Value);
                firstToolLines.Add(timed.Tool!.Value);
                began = Stopwatch.GetTimestamp();
                await BuildAsync(builder, Blink);
                cached.Add(Stopwatch.GetElapsedTime(began));
            }

            Print("BuildAsync to the first line", firstLines);
            Print("BuildAsync to the first line of a tool", firstToolLines);
            Print("a changed project", builds);
            Print("nothing changed, from the cache", cached);
            await SandboxesAsync(root, rounds);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task SandboxesAsync(string root, int rounds)
    {
        var job = Directory.CreateDirectory(Path.Combine(root, "job")).FullName;
        var plainTimes = await RunAsync(rounds, static async () =>
        {
            using var process = Process.Start("/usr/bin/true");
            await process.WaitForExitAsync();
        });
        var plain = Median(plainTimes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"/usr/bin/true, plain",-48} median {plain.TotalMilliseconds,8:0.0} ms, best {plainTimes.Min().TotalMilliseconds:0.0} ms"));
        foreach (var sandbox in new IBuildSandbox[] { new BubblewrapSandbox(), new ContainerSandbox("runc", "host-usr"), new ProcessSandbox() })
        {
            if (!(await sandbox.ProbeAsync()).TryGet(out _, out var fault))
            {
                Console.WriteLine($"{sandbox.Name}: {fault.Message}");
                continue;
            }

            var view = new SandboxView(job, []);
            var times = await RunAsync(rounds, () => sandbox.RunAsync(view, new SandboxCommand("true", []), static (_, _) => { }));
            var median = Median(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{$"true in {sandbox.Name}",-48} median {median.TotalMilliseconds,8:0.0} ms, best {times.Min().TotalMilliseconds:0.0} ms, overhead {(median - plain).TotalMilliseconds:0.0} ms"));
        }
    }

    private static async Task<List<TimeSpan>> RunAsync(int rounds, Func<Task> run)
    {
        await run();
        var times = new List<TimeSpan>();
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await run();
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        return times;
    }

    private static async Task BuildAsync(FirmwareBuilder builder, BuildRequest request, IProgress<BuildLine>? log = null)
    {
        var outcome = await builder.BuildAsync(request, log);
        if (!outcome.IsSuccess)
            throw new InvalidOperationException(outcome.Fault!.Message);
    }

    private static void Print(string what, List<TimeSpan> times) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-48} median {Median(times).TotalMilliseconds,8:0.0} ms, worst {times.Max().TotalMilliseconds:0.0} ms, of {times.Count}"));

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private sealed class FirstLine : IProgress<BuildLine>
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        public TimeSpan? Any { get; private set; }

        public TimeSpan? Tool { get; private set; }

        public void Report(BuildLine value)
        {
            Any ??= Stopwatch.GetElapsedTime(_began);
            if (value.Source != BuildLineSource.Note)
                Tool ??= Stopwatch.GetElapsedTime(_began);
        }
    }
}
