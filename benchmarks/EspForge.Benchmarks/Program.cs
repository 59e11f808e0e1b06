using System.Globalization;
using BenchmarkDotNet.Running;
using EspForge.Benchmarks;

if (args is ["percentiles", .. var rest])
    Percentiles.Print(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 1000);
else if (args is ["builds", .. var rounds])
    await BuildTimes.PrintAsync(rounds.Length > 0 ? int.Parse(rounds[0], CultureInfo.InvariantCulture) : 15);
else if (args is ["studio", .. var times])
    await StudioTimes.PrintAsync(times.Length > 0 ? int.Parse(times[0], CultureInfo.InvariantCulture) : 15);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
