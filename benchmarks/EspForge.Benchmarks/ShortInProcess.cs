using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace EspForge.Benchmarks;

/// <summary>
/// A short job in this process: no project is generated or restored, so it runs without a network. Minimum and median are shown next to the mean,
/// because they hold on a machine that is busy with other things too.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShortInProcessAttribute : Attribute, IConfigSource
{
    /// <inheritdoc/>
    public IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(15))
        .AddColumn(StatisticColumn.Min, StatisticColumn.Median);
}
