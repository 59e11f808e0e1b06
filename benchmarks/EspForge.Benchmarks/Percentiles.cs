using System.Diagnostics;
using System.Globalization;
using EspForge.PinRules;

namespace EspForge.Benchmarks;

/// <summary>Runs each solver request many times and prints what half and what 99 of 100 stay under, and the mean processor time, which other load on the machine does not change much: <c>dotnet run -c Release -- percentiles [runs]</c>.</summary>
internal static class Percentiles
{
    private const int Warmup = 300;

    public static void Print(int runs)
    {
        for (var i = 0; i < Warmup; i++)
        {
            foreach (var (_, request) in SolverRequests.All)
                PinSolver.Solve(request);
        }

        foreach (var (name, request) in SolverRequests.All)
        {
            var solution = PinSolver.Solve(request);
            var state = solution.Plan is null ? "refused" : solution.IsOptimal ? "optimal" : "cut short";
            Print(string.Create(CultureInfo.InvariantCulture, $"{name} ({state}, {solution.Nodes} nodes)"), runs, () => PinSolver.Solve(request));
        }

        var plan = PinSolver.Solve(SolverRequests.All[1].Request).Plan!;
        Print("20 alternatives for one use of a full ESP32-S3", runs, () => PinSuggester.Suggest(plan, plan.Uses[0], limit: 20));
    }

    private static void Print(string name, int runs, Func<object> action)
    {
        for (var i = 0; i < Warmup / 10; i++)
            action();
        var times = new double[runs];
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        var processor = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / runs;
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-70} p50 {times[runs / 2]:0.000} ms  p99 {times[runs * 99 / 100]:0.000} ms  max {times[^1]:0.000} ms  processor {processor:0.000} ms each"));
    }
}
